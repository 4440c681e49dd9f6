-- accept-messages.sql, and the poller's cursor with it. One statement and not a transaction of two, because ids are taken here: a node
-- that is slow between two statements would commit lower ids long after higher ones, and readers would meet them out of order.
-- $1 part[], $2 key[], $3 source[], $4 source_id[], $5 type[], $6 payload[], $7 source, $8 stream, $9 cursor, $10 lane[]
with input as (
  select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $10::text[])
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
), moved as (
  insert into poll_cursor (source, stream, cursor) values ($7, $8, $9::json)
  on conflict (source, stream) do update set cursor = excluded.cursor, moved_at = clock_timestamp()
)
select position::int from input join fresh using (part, source, source_id)
