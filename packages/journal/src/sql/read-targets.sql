-- What is told of each target. $1 timezone[] of $2 target[]
select c.target, c.paused_at, c.paused_by, c.pause_reason,
       case when c.held_until > clock_timestamp() then c.held_until end as held_until,
       case when c.held_until > clock_timestamp() then c.held_reason end as held_reason,
       case when c.breaker_until is not null then c.login_refused_at end as refused_at, c.login_refusal,
       case when c.login_refused_at is not null then c.breaker_until end as tried_next_at,
       case when c.budget_day = (clock_timestamp() at time zone coalesce(z.timezone, 'UTC'))::date then c.budget_used else 0 end as budget_used,
       ((clock_timestamp() at time zone coalesce(z.timezone, 'UTC'))::date + 1)::timestamp at time zone coalesce(z.timezone, 'UTC') as day_ends_at,
       coalesce(n.nodes, '[]') as nodes
from target_control c
left join unnest($1::text[], $2::text[]) as z(timezone, target) on z.target = c.target
left join lateral (
  select json_agg(json_build_object('node', node, 'slots', slots, 'breaker', breaker) order by node) as nodes
  from target_node where target = c.target and expires_at > clock_timestamp()
) n on true
order by c.target
