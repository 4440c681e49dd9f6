-- Everything a batch of processed messages causes, in one statement: one round trip, one commit, all or nothing (the middle of the
-- journey in ARCHITECTURE.md). FOR SHARE on the lease holds a change of owner back until this commits; a batch of a former owner
-- finds no row, writes nothing and returns fenced = 0.
-- $1 part, $2 owner, $3 epoch
-- results:     $4 id[], $5 state[], $6 note[], $36 class[]; $29 lane[]: those that they waited in, each once
-- states:      $7 key[], $8 kind[], $9 stage[], $10 body[]
-- deliveries:  $11 key[], $12 target[], $13 message_id[], $14 type[], $15 flow[], $16 payload[], $17 supersedes[], $18 reply[]
-- messages:    $19 part[], $20 key[], $21 source[], $22 source_id[], $23 type[], $24 payload[]
-- identifiers: $25 key[], $26 kind[], $27 value[], $28 system[]
-- lanes: of deliveries $30, of messages $31; when deliveries expire: $32
-- by how much the count of a kind's states in a stage changes: $33 kind[], $34 stage[], $35 by[]
with fence as materialized (
  select 1 from partition_lease where part = $1 and owner = $2 and epoch = $3 for share
), done as (
  -- By arrays and not by a join: one pass over the index, where a join read all that waits in the part (1.7 us a message).
  delete from message_waiting w using fence where w.part = $1 and w.lane = any ($29::text[]) and w.id = any ($4::bigint[])
), result as (
  -- A message that no longer waits has a result already: its key refuses a second one, and with it the batch.
  insert into message_result (part, class, id, state, note)
  select $1, r.class, r.id, r.state, r.note
  from fence cross join unnest($4::bigint[], $5::text[], $6::text[], $36::smallint[]) as r(id, state, note, class)
), tallied as (
  -- The owner alone writes its part's states, so it knows what each was; looking it up here cost 0.5 to 1.2 us a message.
  insert into state_tally as t (part, kind, stage, count)
  select $1, m.kind, m.stage, m.by from fence cross join unnest($33::text[], $34::text[], $35::bigint[]) as m(kind, stage, by)
  on conflict (part, kind, stage) do update set count = t.count + excluded.count
), changed as (
  insert into canonical_state as s (part, key, kind, stage, body)
  select $1, c.key, c.kind, c.stage, c.body from fence cross join unnest($7::text[], $8::text[], $9::text[], $10::json[]) as c(key, kind, stage, body)
  on conflict (part, key) do update
    set kind = excluded.kind, stage = excluded.stage, body = excluded.body, version = s.version + 1, updated_at = clock_timestamp()
), sent as (
  insert into delivery (part, class, key, target, message_id, type, flow, payload, supersedes, reply, lane, expires_at)
  select $1, coalesce(c.class, 0), d.key, d.target, d.message_id, d.type, d.flow, d.payload, d.supersedes, d.reply, d.lane, d.expires_at
  from unnest($11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::json[], $17::text[], $18::text[],
      $30::text[], $32::timestamptz[])
    with ordinality as d(key, target, message_id, type, flow, payload, supersedes, reply, lane, expires_at, position)
  cross join fence left join retention_class c on c.prefix = left(d.key, 3)
  order by d.position
), input as (
  select m.* from unnest($19::smallint[], $20::text[], $21::text[], $22::text[], $23::text[], $24::json[], $31::text[])
    with ordinality as m(part, key, source, source_id, type, payload, lane, position), fence
), generation as materialized (
  select generation from dedupe_generation
  where from_at <= clock_timestamp() + interval '15 minutes' and until_at > clock_timestamp() - interval '15 minutes'
), entered as (
  insert into message_dedupe (part, source, source_id, generation)
  -- Sorted: two statements that share ids lock them in one order, and cannot deadlock or win one generation each.
  select i.part, i.source, i.source_id, g.generation from input i cross join generation g
  where (
    select true from message_dedupe d
    where d.part = i.part and d.source = i.source and d.source_id = i.source_id and d.generation < (select min(generation) from generation)
  ) is null
  order by i.part, i.source, i.source_id, g.generation
  on conflict do nothing
  returning part, source, source_id
), fresh as (
  select part, source, source_id from entered group by part, source, source_id having count(*) = (select count(*) from generation)
), stored as (
  insert into message (part, class, key, source, source_id, type, payload, lane)
  select part, coalesce(class, 0), key, source, source_id, type, payload, lane
  from input join fresh using (part, source, source_id) left join retention_class on prefix = left(key, 3)
  order by position
  returning part, id, class, key, lane
), waiting as (
  insert into message_waiting (part, id, class, key, lane) select part, id, class, key, lane from stored
), named as (
  insert into identifier (part, key, kind, value, system)
  select $1, i.key, i.kind, i.value, i.system
  from unnest($25::text[], $26::text[], $27::text[], $28::text[]) as i(key, kind, value, system), fence
  on conflict do nothing
)
select (select count(*) from fence)::int as fenced
