-- $1 names[]
select name, next_run_at, clock_timestamp() as now, running_by is not null as running,
       coalesce(running_until < clock_timestamp(), false) as abandoned,
       (extract(epoch from next_run_at - clock_timestamp()) * 1000)::float8 as due_in_ms
from schedule_job where name = any ($1::text[])
