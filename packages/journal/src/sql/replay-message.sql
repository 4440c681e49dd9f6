-- Accepts a stored message again, in the lane of replays, under another source id, with its payload as it was or as given; nothing when that id was used before.
-- $1 part, $2 message_id, $3 source_id, $4 payload or null
with original as (
  select key, source, type, payload from message where part = $1 and class = any ('{0,1,2,3,4,5,6,7}') and id = $2
), generation as materialized (
  select generation from dedupe_generation
  where from_at <= clock_timestamp() + interval '15 minutes' and until_at > clock_timestamp() - interval '15 minutes'
), entered as (
  insert into message_dedupe (part, source, source_id, generation)
  select $1, o.source, $3, g.generation from original o cross join generation g
  where (
    select true from message_dedupe d
    where d.part = $1 and d.source = o.source and d.source_id = $3 and d.generation < (select min(generation) from generation)
  ) is null
  order by g.generation
  on conflict do nothing
  returning source
), fresh as (
  select source from entered group by source having count(*) = (select count(*) from generation)
), stored as (
  insert into message (part, class, key, source, source_id, type, payload, lane)
  select $1, coalesce(class, 0), key, source, $3, type, coalesce($4::json, payload), 'replay'
  from original join fresh using (source) left join retention_class on prefix = left(key, 3)
  returning id, class, key, lane
), waiting as (
  insert into message_waiting (part, id, class, key, lane) select $1, id, class, key, lane from stored
)
select id, key from stored
