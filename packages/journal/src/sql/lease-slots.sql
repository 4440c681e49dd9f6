-- Writes down this node's share of the calls at once that each target bears, for a lease from now on, and which breakers it probes. In the
-- transaction of read-slots.sql; fair-slots.ts says how much. $1 node, $2 target[], $3 slots[], $4 wanted[], $5 total[], $6 breaker[],
-- $7 probes[], $8 ttl in seconds
with given as (
  select * from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::text[], $7::boolean[])
    as g(target, slots, wanted, total, breaker, probes)
), probing as (
  update target_control c set probe_by = $1, probe_until = clock_timestamp() + $8 * interval '1 second'
  from given g where c.target = g.target and g.probes
)
insert into target_node (target, node, slots, wanted, total, breaker, expires_at)
select target, $1, slots, wanted, total, breaker, clock_timestamp() + $8 * interval '1 second' from given
on conflict (target, node) do update
  set slots = excluded.slots, wanted = excluded.wanted, total = excluded.total, breaker = excluded.breaker, expires_at = excluded.expires_at
