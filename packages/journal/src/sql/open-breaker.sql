-- This node's calls to a target fail: no node calls it for a while. Of two that say so the longer counts; a probe that failed is over. A
-- refused login stays one until the breaker closes: a probe that found the target down says nothing of the login.
-- $1 target, $2 milliseconds, $3 node, $4 the target's words if it refuses the login
update target_control
set breaker_until = greatest(coalesce(breaker_until, '-infinity'), clock_timestamp() + $2 * interval '1 millisecond'),
    breaker_cool_down_ms = greatest(breaker_cool_down_ms, $2::int),
    probe_by = nullif(probe_by, $3), probe_until = case when probe_by = $3 then null else probe_until end,
    login_refused_at = case
      when breaker_until is null or login_refused_at is null then case when $4::text is not null then clock_timestamp() end
      else login_refused_at
    end,
    login_refusal = coalesce($4::text, case when breaker_until is not null then login_refusal end)
where target = $1
