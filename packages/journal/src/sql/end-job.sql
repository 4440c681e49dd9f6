-- $1 name, $2 node, $3 outcome, $4 error
update schedule_job
set running_by = null, running_until = null, last_ended_at = clock_timestamp(), last_outcome = $3, last_error = $4,
    failures = failures + ($3 <> 'succeeded')::int
where name = $1 and running_by = $2
