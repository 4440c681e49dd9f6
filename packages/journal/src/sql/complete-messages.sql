-- Everything a batch of processed messages causes, in one statement: one round trip, one commit, all or nothing (the middle of the
-- journey in ARCHITECTURE.md). FOR SHARE on the lease holds a change of owner back until this commits; a batch of a former owner
-- finds no row, writes nothing and returns fenced = 0.
-- $1 part, $2 owner, $3 epoch
-- results:     $4 id[], $5 state[], $6 note[]
-- states:      $7 key[], $8 kind[], $9 stage[], $10 body[]
-- deliveries:  $11 key[], $12 target[], $13 message_id[], $14 type[], $15 flow[], $16 payload[], $17 supersedes[], $18 reply[]
-- messages:    $19 part[], $20 key[], $21 source[], $22 source_id[], $23 type[], $24 payload[]
-- identifiers: $25 key[], $26 kind[], $27 value[], $28 system[]
-- lanes: of results $29, of deliveries $30, of messages $31; when deliveries expire: $32
with fence as materialized (
  select 1 from partition_lease where part = $1 and owner = $2 and epoch = $3 for share
), done as (
  delete from message_waiting w using unnest($29::text[], $4::bigint[]) as d(lane, id), fence
  where w.part = $1 and w.lane = d.lane and w.id = d.id
), result as (
  insert into message_result (part, id, state, note)
  select $1, r.id, r.state, r.note
  from unnest($4::bigint[], $5::text[], $6::text[]) as r(id, state, note), fence
), changed as (
  insert into canonical_state as s (part, key, kind, stage, body)
  select $1, c.key, c.kind, c.stage, c.body
  from unnest($7::text[], $8::text[], $9::text[], $10::json[]) as c(key, kind, stage, body), fence
  on conflict (part, key) do update
    set kind = excluded.kind, stage = excluded.stage, body = excluded.body, version = s.version + 1, updated_at = clock_timestamp()
), sent as (
  insert into delivery (part, key, target, message_id, type, flow, payload, supersedes, reply, lane, expires_at)
  select $1, d.key, d.target, d.message_id, d.type, d.flow, d.payload, d.supersedes, d.reply, d.lane, d.expires_at
  from unnest($11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::json[], $17::text[], $18::text[],
      $30::text[], $32::timestamptz[])
    with ordinality as d(key, target, message_id, type, flow, payload, supersedes, reply, lane, expires_at, position), fence
  order by d.position
), input as (
  select m.* from unnest($19::smallint[], $20::text[], $21::text[], $22::text[], $23::text[], $24::json[], $31::text[])
    with ordinality as m(part, key, source, source_id, type, payload, lane, position), fence
), fresh as (
  insert into message_dedupe (part, source, source_id)
  select part, source, source_id from input order by part, source, source_id
  on conflict do nothing
  returning part, source, source_id
), stored as (
  insert into message (part, key, source, source_id, type, payload, lane)
  select part, key, source, source_id, type, payload, lane from input join fresh using (part, source, source_id) order by position
  returning part, id, key, lane
), waiting as (
  insert into message_waiting (part, id, key, lane) select part, id, key, lane from stored
), named as (
  insert into identifier (part, key, kind, value, system)
  select $1, i.key, i.kind, i.value, i.system
  from unnest($25::text[], $26::text[], $27::text[], $28::text[]) as i(key, kind, value, system), fence
  on conflict do nothing
)
select (select count(*) from fence)::int as fenced
