-- This node's share of the calls at once that each target bears, for a lease from now on, and what is told of the targets. In the
-- transaction that locked the targets' rows (lock-targets.sql), so that two nodes do not take the same. A node that has nothing to send
-- leaves its share to others; more nodes than calls take turns.
-- $1 node, $2 target[], $3 calls at once over all nodes[], $4 wanted[], $5 under way[], $6 breaker[], $7 ttl in seconds
with asked as (
  select * from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::text[]) as a(target, total, wanted, busy, breaker)
), others as (
  select target, sum(slots)::int as slots, count(*) filter (where wanted > 0)::int as claimants,
         bool_or(wanted > 0 and slots = 0) as starving
  from target_node
  where target = any ($2::text[]) and node <> $1 and expires_at > clock_timestamp()
  group by target
), granted as (
  select a.*, greatest(a.busy, least(a.total - coalesce(o.slots, 0), case
    when coalesce(o.claimants, 0) = 0 then a.total
    when a.wanted = 0 then 0
    when a.total > o.claimants then a.total / (o.claimants + 1)
    when o.starving and coalesce(own.slots, 0) > 0 then 0
    else 1
  end)) as slots
  from asked a
  left join others o using (target)
  left join target_node own on own.target = a.target and own.node = $1 and own.expires_at > clock_timestamp()
), kept as (
  insert into target_node (target, node, slots, wanted, breaker, expires_at)
  select target, $1, slots, wanted, breaker, clock_timestamp() + $7 * interval '1 second' from granted
  on conflict (target, node) do update
    set slots = excluded.slots, wanted = excluded.wanted, breaker = excluded.breaker, expires_at = excluded.expires_at
)
select g.target, g.slots, c.paused_at is not null as paused,
       greatest(0, extract(epoch from c.held_until - clock_timestamp()) * 1000)::float8 as held_ms
from granted g join target_control c using (target)
