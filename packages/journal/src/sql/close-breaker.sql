-- The probe went well, or the target took the login in a poll: every node may call the target again.
-- $1 target, $2 the node that probed, $3 whether it is the login that was taken
update target_control
set breaker_until = null, breaker_cool_down_ms = null, probe_by = null, probe_until = null, login_refused_at = null, login_refusal = null
where target = $1 and (probe_by = $2 or ($3::boolean and login_refused_at is not null))
