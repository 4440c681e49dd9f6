-- The nodes that live and work partitions, how many each holds, and how soon any of it may fall free.
select n.name, n.process_space, n.pid, count(l.part)::int as held,
       (extract(epoch from least(n.expires_at, min(l.expires_at)) - clock_timestamp()) * 1000)::float8 as expires_in_ms
from node n
left join partition_lease l on l.owner = n.name and l.expires_at > clock_timestamp()
where n.expires_at > clock_timestamp() and 'worker' = any (n.roles)
group by n.name
