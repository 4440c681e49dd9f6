-- Takes one occurrence: of all nodes that saw it due, the first to move next_run_at on runs it. A node with another time table for
-- the job (a release being rolled out) does not. $1 name, $2 due, $3 next run, $4 node, $5 lease in seconds, $6 cron, $7 timezone
update schedule_job
set next_run_at = $3, running_by = $4, running_until = clock_timestamp() + $5 * interval '1 second',
    last_due_at = $2, last_started_at = clock_timestamp(), runs = runs + 1
where name = $1 and next_run_at = $2 and next_run_at <= clock_timestamp() and running_by is null and cron = $6 and timezone = $7
