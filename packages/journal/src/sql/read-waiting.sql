-- The next messages of one part, from every lane at once, each lane up to its share. From the table of lanes and not from the
-- reader's knowledge, so that no lane of this snapshot is missing. Starts after an id per lane, never from 0, because the entries of
-- deleted rows stay in the index until vacuum; the caller re-reads an overlap for commits that came late, and sweeps from 0 now and then.
-- Sorted while it is narrow, and the rest for the reader to see to: a sort with the payloads cost 0.5 us a message. The subquery also keeps
-- the planner from remembering every payload in case its id comes again, which cost 2 us.
-- `offset 0` keeps it at one index probe per message: its guess of a variable limit would have it read the whole table.
-- $1 part, $2 lane[], $3 after id[], $4 share[], $5 held keys[], $6 share of lanes that are not named
select w.id, w.class, w.key, w.lane, m.source, m.source_id, m.type, m.payload, m.accepted_at at time zone 'UTC' as accepted_at
from (
  select w.id, w.class, w.key, l.name as lane
  from lane l
  left join unnest($2::text[], $3::bigint[], $4::int[]) as c(lane, after, share) on c.lane = l.name
  cross join lateral (
    select id, class, key from message_waiting
    where part = $1 and lane = l.name and id > coalesce(c.after, 0) and not held and key <> all ($5::text[])
    order by id
    limit coalesce(c.share, $6::int)
  ) w
  order by w.id
) w
cross join lateral (
  select source, source_id, type, payload, accepted_at from message
  where part = $1 and class = w.class and id = w.id offset 0
) m
