-- accept-messages.sql, and the poller's cursor with it. One statement and not a transaction of two, because ids are taken here: a node
-- that is slow between two statements would commit lower ids long after higher ones, and readers would meet them out of order.
-- Where the cursor is not where the page was read from, nothing is stored and the answer is 0: the lock waits for whoever moves it now.
-- $1 part[], $2 key[], $3 source[], $4 source_id[], $5 type[], $6 payload[], $7 source, $8 stream, $9 cursor, $10 lane[]
-- $11 whether it counts where the page was read from, $12 that cursor; null: from the beginning
with place as materialized (
  select cursor::jsonb as cursor from poll_cursor where source = $7 and stream = $8 for update
), going as materialized (
  select 1 where not $11::boolean or (select cursor from place) is not distinct from $12::jsonb
), named as materialized (
  select part, source, source_id, position
  from unnest($1::smallint[], $3::text[], $4::text[]) with ordinality as row(part, source, source_id, position), going
), generation as materialized (
  select generation from dedupe_generation
  where from_at <= clock_timestamp() + interval '15 minutes' and until_at > clock_timestamp() - interval '15 minutes'
), entered as (
  insert into message_dedupe (part, source, source_id, generation)
  -- Sorted: two statements that share ids lock them in one order, and cannot deadlock or win one generation each.
  select i.part, i.source, i.source_id, g.generation from named i cross join generation g
  -- Nothing is looked for where no generation is older, as in a young journal.
  where not (select exists (select from dedupe_generation where generation < (select min(generation) from generation))) or (
    select true from message_dedupe d
    where d.part = i.part and d.source = i.source and d.source_id = i.source_id and d.generation < (select min(generation) from generation)
  ) is null
  order by i.part, i.source, i.source_id, g.generation
  on conflict do nothing
  returning part, source, source_id, generation
), fresh as (
  select n.position from named n join entered e using (part, source, source_id)
  -- A CASE, because a planner that sees the comparisons expects one row of them and joins by nested loops: 80 us a message instead of 23.
  where case when (select count(*) from generation) = 1 then true
    else e.generation = (select max(generation) from generation) and (part, source, source_id) in (
      select part, source, source_id from entered group by part, source, source_id having count(*) = (select count(*) from generation))
    end
), stored as (
  insert into message (part, class, key, source, source_id, type, payload, lane)
  select part, coalesce(class, 0), key, source, source_id, type, payload, lane
  from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $10::text[])
    with ordinality as row(part, key, source, source_id, type, payload, lane, position)
  join fresh using (position) left join retention_class on prefix = left(key, 3)
  order by position
  returning part, id, class, key, lane
), waiting as (
  insert into message_waiting (part, id, class, key, lane) select part, id, class, key, lane from stored
), moved as (
  insert into poll_cursor (source, stream, cursor) select $7, $8, $9::json from going
  on conflict (source, stream) do update set cursor = excluded.cursor, moved_at = clock_timestamp()
)
select position::int from fresh union all select 0 where not exists (select from going)
