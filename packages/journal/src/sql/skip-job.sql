-- Passes over what was missed. $1 name, $2 due, $3 next run
update schedule_job set next_run_at = $3, last_skipped_at = $2 where name = $1 and next_run_at = $2 and running_by is null
