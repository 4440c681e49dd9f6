-- Deliveries to one target that wait in lanes which were not read to their end, and that came before deliveries of the same key which
-- were read from other lanes. $1 part, $2 target, $3 key[], $4 before id[], $5 lane[], $6 after id[]
select d.id, d.key, d.type, d.flow, d.payload, d.supersedes, d.reply, d.state, d.attempts, d.ambiguous, d.message_id, d.lane,
       (extract(epoch from clock_timestamp() - d.first_tried_at) * 1000)::float8 as tried_for_ms,
       greatest(0, extract(epoch from d.due_at - clock_timestamp()) * 1000)::float8 as due_in_ms,
       (extract(epoch from d.expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms
from unnest($3::text[], $4::bigint[]) as k(key, before)
cross join lateral (select * from delivery where part = $1 and key = k.key and id < k.before and target = $2 and state <> 'parked' offset 0) d
join unnest($5::text[], $6::bigint[]) as c(lane, after) on c.lane = d.lane and d.id > c.after
order by d.id
