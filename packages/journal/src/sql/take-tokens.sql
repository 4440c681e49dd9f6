-- Takes calls out of a target's bucket, up to a number: what has come in since it was filled last, up to the burst, and what is left of
-- the target's day. By the database's clock, whatever the nodes' show.
-- $1 target, $2 at most, $3 per second or null, $4 burst or null, $5 calls per day or null, $6 timezone of the target's day
with filled as (
  select target, coalesce(least($4::float8, tokens + $3::float8 * greatest(0, extract(epoch from clock_timestamp() - refilled_at))), $2::int) as tokens,
         (clock_timestamp() at time zone $6::text)::date as day,
         case when budget_day = (clock_timestamp() at time zone $6::text)::date then budget_used else 0 end as used
  from target_control where target = $1 for update
), granted as (
  select *, greatest(0, floor(least(tokens, $2::int, $5::bigint - used)))::int as calls from filled
), taken as (
  update target_control c
  set tokens = g.tokens - g.calls, refilled_at = clock_timestamp(), budget_day = g.day, budget_used = g.used + g.calls
  from granted g where c.target = g.target
)
select calls, coalesce(used + calls >= $5::bigint, false) as spent,
       (extract(epoch from (day + 1)::timestamp at time zone $6::text - clock_timestamp()) * 1000)::float8 as day_ends_in_ms,
       coalesce((1 - (tokens - calls)) / nullif($3::float8, 0) * 1000, 0)::float8 as next_in_ms
from granted
