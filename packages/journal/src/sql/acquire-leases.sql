-- Takes free or expired partitions, up to a number. The epoch rises, and fences whoever had them. Skips rows that an owner's
-- transaction holds: they are not expired in any sense that matters. `former` let its lease run out; null: it was given back.
-- $1 owner, $2 ttl in seconds, $3 at most
update partition_lease l
set owner = $1, epoch = l.epoch + 1, expires_at = clock_timestamp() + $2 * interval '1 second'
from (
  select part, owner as former from partition_lease
  where owner is null or expires_at < clock_timestamp()
  order by part
  limit $3
  for update skip locked
) free
where l.part = free.part
returning l.part, l.epoch, free.former
