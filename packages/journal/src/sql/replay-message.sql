-- Accepts a stored message again under another source id, with its payload as it was or as given; nothing when that id was used before.
-- $1 part, $2 message_id, $3 source_id, $4 payload or null
with original as (
  select key, source, type, payload from message where part = $1 and id = $2
), fresh as (
  insert into message_dedupe (part, source, source_id) select $1, source, $3 from original
  on conflict do nothing
  returning source
), stored as (
  insert into message (part, key, source, source_id, type, payload)
  select $1, key, source, $3, type, coalesce($4::json, payload) from original join fresh using (source)
  returning id, key
), waiting as (
  insert into message_waiting (part, id, key) select $1, id, key from stored
)
select id, key from stored
