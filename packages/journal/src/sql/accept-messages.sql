-- Stores messages and answers, per input position, whether it was new. Shape: dedupe first, and only what dedupe let in goes on,
-- so that one statement (one round trip, one commit) decides P1 and P2. The input must hold no (part, source, source_id) twice.
-- $1 part[], $2 key[], $3 source[], $4 source_id[], $5 type[], $6 payload[], $7 lane[]
with input as (
  select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[])
    with ordinality as row(part, key, source, source_id, type, payload, lane, position)
), fresh as (
  insert into message_dedupe (part, source, source_id)
  -- Sorted: two accepts that share ids lock them in one order and cannot deadlock.
  select part, source, source_id from input order by part, source, source_id
  on conflict do nothing
  returning part, source, source_id
), stored as (
  insert into message (part, key, source, source_id, type, payload, lane)
  select part, key, source, source_id, type, payload, lane
  from input join fresh using (part, source, source_id)
  order by position
  returning part, id, key, lane
), waiting as (
  insert into message_waiting (part, id, key, lane) select part, id, key, lane from stored
)
select position::int from input join fresh using (part, source, source_id)
