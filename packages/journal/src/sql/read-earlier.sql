-- Messages that wait in lanes which were not read to their end, and that came before messages of the same key which were read from other
-- lanes: they go first, and take no turn of their lane. $1 part, $2 key[], $3 before id[], $4 lanes[], $5 after id, $6 limit
select m.id, m.class, m.key, m.lane, m.source, m.source_id, m.type, m.payload, m.accepted_at at time zone 'UTC' as accepted_at
from unnest($2::text[], $3::bigint[]) as k(key, before)
cross join lateral (
  select id, class, key, lane, source, source_id, type, payload, accepted_at from message
  where part = $1 and key = k.key and id > $5 and id < k.before and lane = any ($4::text[])
  offset 0
) m
cross join lateral (
  select from message_waiting where part = $1 and lane = m.lane and id = m.id and not held offset 0
) w
order by m.id
limit $6
