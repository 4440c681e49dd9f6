-- This node's calls to a target fail: no node calls it for a while. Of two that say so the longer counts; a probe that failed is over.
-- $1 target, $2 milliseconds, $3 node
update target_control
set breaker_until = greatest(coalesce(breaker_until, '-infinity'), clock_timestamp() + $2 * interval '1 millisecond'),
    breaker_cool_down_ms = greatest(breaker_cool_down_ms, $2::int),
    probe_by = nullif(probe_by, $3), probe_until = case when probe_by = $3 then null else probe_until end
where target = $1
