-- The journal. Every hot table carries `part` in its primary key and every hot statement touches one part, so that the
-- schema distributes by `part` without a rewrite (ADR 3). Time is the database's; nodes' clocks are never compared.

create table journal_setting (
  name text primary key,
  value text not null
);

-- One row per partition. The epoch rises with each change of owner; an owner's statements are fenced by it.
create table partition_lease (
  part smallint primary key,
  owner text,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
);

-- Append only. What became of a message stands in message_result, so that the payload is written once.
create table message (
  part smallint not null,
  id bigint generated always as identity,
  key text not null,
  source text not null,
  source_id text not null,
  type text not null,
  payload json not null,
  accepted_at timestamptz not null default clock_timestamp(),
  primary key (part, id)
);
create index message_by_key on message (part, key, id);

-- The idempotent receiver's memory; it has a retention of its own.
create table message_dedupe (
  part smallint not null,
  source text not null,
  source_id text not null,
  accepted_at timestamptz not null default clock_timestamp(),
  primary key (part, source, source_id)
);

-- Messages not yet processed: narrow, and empty when the hub is idle. `held` marks a poison message; it holds back its key.
create table message_waiting (
  part smallint not null,
  id bigint not null,
  key text not null,
  held boolean not null default false,
  primary key (part, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

create table message_result (
  part smallint not null,
  id bigint not null,
  state text not null,
  note text,
  processed_at timestamptz not null default clock_timestamp(),
  primary key (part, id)
);

-- Canonical state, one document per key.
create table canonical_state (
  part smallint not null,
  key text not null,
  kind text not null,
  stage text not null,
  body json not null,
  version bigint not null default 1,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (part, key)
) with (fillfactor = 70);
create index canonical_state_by_stage on canonical_state (kind, stage);

-- Deliveries that have not ended. `sending` is never stored: a crash leaves `ready`, and nothing stuck (D4).
create table delivery (
  part smallint not null,
  target text not null,
  id bigint generated always as identity,
  key text not null,
  message_id bigint not null,
  type text not null,
  flow text not null,
  payload json not null,
  supersedes text,
  reply text,
  state text not null default 'ready',
  attempts integer not null default 0,
  ambiguous boolean not null default false,
  first_tried_at timestamptz,
  due_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (part, target, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index delivery_by_key on delivery (part, key);

-- Deliveries that have ended. Append only.
create table delivery_done (
  part smallint not null,
  id bigint not null,
  target text not null,
  key text not null,
  message_id bigint not null,
  type text not null,
  flow text not null,
  payload json not null,
  state text not null,
  note text,
  attempts integer not null,
  created_at timestamptz not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (part, id)
);
create index delivery_done_by_key on delivery_done (part, key);

-- Every try that did not succeed at once, and the one that did after them. Append only.
create table delivery_attempt (
  part smallint not null,
  delivery_id bigint not null,
  attempt integer not null,
  outcome text not null,
  code text,
  detail text,
  took_ms integer not null,
  node text not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (part, delivery_id, attempt, ended_at)
);

create table exception_case (
  part smallint not null,
  id bigint generated always as identity,
  key text not null,
  code text not null,
  flow text not null,
  target text,
  delivery_id bigint,
  message_id bigint,
  summary text not null,
  faults json not null,
  owner text not null,
  remedy text not null,
  opened_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  seen integer not null default 1,
  resolved_at timestamptz,
  resolution text,
  primary key (part, id)
);
create unique index exception_case_open on exception_case (part, key, code, coalesce(delivery_id, 0)) where resolved_at is null;
create index exception_case_by_key on exception_case (part, key);
create index exception_case_by_age on exception_case (opened_at desc);

-- Any word by which people look for a thread.
create table identifier (
  part smallint not null,
  key text not null,
  kind text not null,
  value text not null,
  system text not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  primary key (part, key, kind, value)
);
create index identifier_by_value on identifier (value text_pattern_ops);

create table invalid_message (
  id bigint generated always as identity primary key,
  source text not null,
  source_id text not null,
  payload text not null,
  faults json not null,
  received_at timestamptz not null default clock_timestamp()
);

create table poll_cursor (
  source text not null,
  stream text not null,
  cursor json not null,
  moved_at timestamptz not null default clock_timestamp(),
  primary key (source, stream)
);

create table credential (
  kind text not null,
  name text not null,
  value text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (kind, name)
);
