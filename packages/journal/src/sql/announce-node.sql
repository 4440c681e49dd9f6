-- This node lives, for a lease from now on. $1 name, $2 process space, $3 pid, $4 ttl in seconds, $5 roles[], $6 address or null,
-- $7 troubles, $8 the last one's cause or null, $9 milliseconds since then or null
insert into node as n (name, process_space, pid, expires_at, roles, address, troubles, last_trouble, last_trouble_at)
values ($1, $2, $3, clock_timestamp() + $4 * interval '1 second', $5, $6, $7, $8, clock_timestamp() - $9::float8 * interval '1 millisecond')
on conflict (name) do update
  set seen_at = clock_timestamp(), expires_at = excluded.expires_at, troubles = excluded.troubles, last_trouble = excluded.last_trouble,
      last_trouble_at = excluded.last_trouble_at
