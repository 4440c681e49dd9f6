-- A node that starts may bring the login that works, since that is how it is put right: it is tried at once. $1 target[]
insert into target_control (target) select unnest($1::text[])
on conflict (target) do update set breaker_until = least(target_control.breaker_until, clock_timestamp())
where target_control.login_refused_at is not null and target_control.breaker_until is not null
