-- This node lives, for a lease from now on. $1 name, $2 process space, $3 pid, $4 ttl in seconds, $5 roles[], $6 address or null
insert into node as n (name, process_space, pid, expires_at, roles, address)
values ($1, $2, $3, clock_timestamp() + $4 * interval '1 second', $5, $6)
on conflict (name) do update set seen_at = clock_timestamp(), expires_at = excluded.expires_at
