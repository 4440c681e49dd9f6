-- The probe went well: every node may call the target again. $1 target, $2 the node that probed
update target_control set breaker_until = null, breaker_cool_down_ms = null, probe_by = null, probe_until = null
where target = $1 and probe_by = $2
