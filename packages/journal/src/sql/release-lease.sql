-- Gives one drained partition back. The epoch keeps a late release from ending a newer lease of the same node.
-- $1 owner, $2 part, $3 epoch
update partition_lease set owner = null, expires_at = '-infinity' where part = $2 and owner = $1 and epoch = $3
