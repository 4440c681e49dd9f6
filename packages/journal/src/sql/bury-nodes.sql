-- Frees what dead nodes held, partitions and shares of calls, and forgets nodes that have been dead for a day. Rows that a transaction of
-- a dead node still locks are left to expire. Tells what it freed, so that of several nodes that see a death one has something to say.
-- $1 names of nodes known to be dead[]
with freed as (
  update partition_lease l set owner = null, expires_at = '-infinity'
  from (select part, owner from partition_lease where owner = any ($1::text[]) for update skip locked) held
  where l.part = held.part
  returning l.part, l.epoch, held.owner as node
), shares as (
  delete from target_node n using (
    select target, node from target_node where node = any ($1::text[]) for update skip locked
  ) d where n.target = d.target and n.node = d.node
), forgotten as (
  delete from node where name = any ($1::text[]) or expires_at < clock_timestamp() - interval '1 day'
  returning name
)
select name as node, part, epoch from forgotten left join freed on freed.node = forgotten.name
where name = any ($1::text[]) order by name, part
