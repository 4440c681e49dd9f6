-- The next deliveries of one part to one target, from every lane at once, each lane up to its share; in order, without those behind a
-- parked one. Only a part's owner inserts here, one statement at a time, so that no id appears late and `id >` is safe.
-- $1 part, $2 target, $3 lane[], $4 after id[], $5 share[], $6 parked keys[], $7 share of lanes that are not named
select d.id, d.key, d.type, d.flow, d.payload, d.supersedes, d.reply, d.state, d.attempts, d.ambiguous, d.message_id, d.lane,
       (extract(epoch from clock_timestamp() - d.first_tried_at) * 1000)::float8 as tried_for_ms,
       greatest(0, extract(epoch from d.due_at - clock_timestamp()) * 1000)::float8 as due_in_ms,
       (extract(epoch from d.expires_at - clock_timestamp()) * 1000)::float8 as expires_in_ms
from lane l
left join unnest($3::text[], $4::bigint[], $5::int[]) as c(lane, after, share) on c.lane = l.name
cross join lateral (
  select * from delivery
  where part = $1 and target = $2 and lane = l.name and id > coalesce(c.after, 0) and state <> 'parked' and key <> all ($6::text[])
  order by id
  limit coalesce(c.share, $7::int)
) d
order by d.id
