-- Several nodes: who lives, and jobs that run once among them. Reference tables: a few rows each, none on a message's path.

-- Nodes that work partitions, dated by the database's clock. `process_space` and `pid` let a node of the same machine and pid
-- namespace see at once that another has died; a row past its expiry is a dead node's, kept a day for people to see.
create table node (
  name text primary key,
  process_space text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

-- One row per job; `next_run_at` is the claim: whoever moves it on runs that occurrence. `running_until` is a lease that its node
-- renews, so that a dead node's run ends as interrupted.
create table schedule_job (
  name text primary key,
  cron text not null,
  timezone text not null,
  missed text not null check (missed in ('catch_up', 'skip')),
  next_run_at timestamptz not null,
  running_by text,
  running_until timestamptz,
  last_due_at timestamptz,
  last_started_at timestamptz,
  last_ended_at timestamptz,
  last_outcome text,
  last_error text,
  last_skipped_at timestamptz,
  runs bigint not null default 0,
  failures bigint not null default 0
);
