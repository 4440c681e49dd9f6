-- What this node runs goes on. $1 node, $2 lease in seconds
update schedule_job set running_until = clock_timestamp() + $2 * interval '1 second' where running_by = $1
