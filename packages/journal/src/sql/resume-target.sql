-- A person lets the calls to a target go on: also before the time that the target asked for, and although its calls failed. What a node
-- that probes it learns meanwhile is one call like any. $1 target, $2 by
with resumed as (
  update target_control
  set paused_at = null, paused_by = null, pause_reason = null, held_until = null, held_reason = null,
      breaker_until = null, breaker_cool_down_ms = null, probe_by = null, probe_until = null,
      login_refused_at = null, login_refusal = null
  where target = $1 and (paused_at is not null or held_until > clock_timestamp() or breaker_until is not null)
  returning target
), told as (
  insert into operator_action (part, action, actor, target) select 0, 'resume_target', $2, target from resumed
)
select target from resumed
