-- What other nodes have and want of each target, and what is told of it. In the transaction that locked the targets' rows
-- (lock-targets.sql), so that two nodes do not take the same. $1 node, $2 target[]
select c.target, c.paused_at is not null as paused,
       greatest(0, extract(epoch from c.held_until - clock_timestamp()) * 1000)::float8 as held_ms,
       (extract(epoch from c.breaker_until - clock_timestamp()) * 1000)::float8 as breaker_ms, c.breaker_cool_down_ms as cool_down_ms,
       c.breaker_until is not null and c.login_refused_at is not null as refused,
       c.probe_by is distinct from $1 and c.probe_until > clock_timestamp() as probed,
       coalesce(own.slots, 0) as slots, coalesce(n.claims, '[]') as others
from target_control c
left join target_node own on own.target = c.target and own.node = $1 and own.expires_at > clock_timestamp()
left join lateral (
  select json_agg(json_build_object('node', node, 'slots', slots, 'wanted', wanted, 'total', total)) as claims
  from target_node where target = c.target and node <> $1 and expires_at > clock_timestamp()
) n on true
where c.target = any ($2::text[])
