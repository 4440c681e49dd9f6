-- Ends the run of a node that vanished. Under catch_up the occurrence comes again, once: a job that takes its node down with it must
-- not take them all. $1 name
update schedule_job
set running_by = null, running_until = null, last_ended_at = clock_timestamp(), last_outcome = 'interrupted',
    last_error = 'The node ' || running_by || ' vanished during the run.', failures = failures + 1,
    next_run_at = case when missed = 'catch_up' and last_outcome is distinct from 'interrupted' then last_due_at else next_run_at end
where name = $1 and running_until < clock_timestamp()
