-- Keeps when a job is due next over restarts, so that what was missed in between is known; a changed time table starts afresh.
-- $1 name, $2 cron, $3 timezone, $4 missed, $5 next run
insert into schedule_job as j (name, cron, timezone, missed, next_run_at) values ($1, $2, $3, $4, $5)
on conflict (name) do update
set cron = excluded.cron, timezone = excluded.timezone, missed = excluded.missed,
    next_run_at = case when (j.cron, j.timezone) = (excluded.cron, excluded.timezone) then j.next_run_at else excluded.next_run_at end
