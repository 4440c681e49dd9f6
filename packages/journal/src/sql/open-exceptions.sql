-- Opens exceptions, or counts a recurrence of one that is open.
-- $1 part, $2 key[], $3 code[], $4 flow[], $5 target[], $6 delivery_id[], $7 message_id[], $8 summary[], $9 faults[], $10 owner[], $11 remedy[]
insert into exception_case as e (part, key, code, flow, target, delivery_id, message_id, summary, faults, owner, remedy)
select $1, x.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::json[], $10::text[], $11::text[]) as x
on conflict (part, key, code, coalesce(delivery_id, 0)) where resolved_at is null do update
  set seen = e.seen + 1, last_seen_at = clock_timestamp(), summary = excluded.summary, faults = excluded.faults, message_id = excluded.message_id
