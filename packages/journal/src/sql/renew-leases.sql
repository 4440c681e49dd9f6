-- Prolongs what is still ours. $1 owner, $2 ttl in seconds
update partition_lease set expires_at = clock_timestamp() + $2 * interval '1 second'
where owner = $1 and expires_at > clock_timestamp()
returning part, epoch
