-- The next deliveries of one part to one target, in order, without those behind a parked one.
-- Only a part's owner inserts here, one statement at a time, so that no id appears late and `id >` is safe.
-- $1 part, $2 target, $3 after id, $4 parked keys[], $5 limit
select id, key, type, flow, payload, supersedes, reply, state, attempts, ambiguous, message_id, lane,
       (extract(epoch from clock_timestamp() - first_tried_at) * 1000)::float8 as tried_for_ms,
       greatest(0, extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as due_in_ms,
       (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms
from delivery
where part = $1 and target = $2 and id > $3 and state <> 'parked' and key <> all ($4::text[])
order by id
limit $5
