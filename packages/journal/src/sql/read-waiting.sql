-- The next messages of one part, in order. Starts after an id, never from 0, because the entries of deleted rows stay in the
-- index until vacuum; the caller re-reads an overlap for commits that came late, and sweeps from 0 now and then.
-- $1 part, $2 after id, $3 held keys[], $4 limit
select w.id, w.key, w.lane, m.source, m.source_id, m.type, m.payload, m.accepted_at
from message_waiting w
join message m on m.part = w.part and m.class = w.class and m.id = w.id
where w.part = $1 and w.id > $2 and not w.held and w.key <> all ($3::text[])
order by w.id
limit $4
