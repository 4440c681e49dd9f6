-- A person stops the calls to a target. $1 target, $2 by, $3 reason
with paused as (
  update target_control set paused_at = clock_timestamp(), paused_by = $2, pause_reason = $3
  where target = $1 and paused_at is null
  returning target
), told as (
  insert into operator_action (part, action, actor, reason, target) select 0, 'pause_target', $2, $3, target from paused
)
select target from paused
