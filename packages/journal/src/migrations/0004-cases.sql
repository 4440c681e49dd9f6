-- Exceptions as cases: failures grouped by fingerprint, what they put at risk, who looks at them; mappings,
-- and operations on many at once.

-- One row per (part, key, code, delivery), open or not: a recurrence re-opens it, so that its history stays with it.
delete from exception_case e using exception_case newer
where newer.part = e.part and newer.key = e.key and newer.code = e.code
  and coalesce(newer.delivery_id, 0) = coalesce(e.delivery_id, 0) and newer.id > e.id;
drop index exception_case_open;
alter table exception_case
  add column fingerprint text not null default '',
  add column units numeric,
  add column amount numeric,
  add column currency text not null default '',
  add column promised_on date,
  add column first_seen_at timestamptz not null default clock_timestamp(),
  add column reopened integer not null default 0,
  -- A person, or a mapping, let it go again; what comes of it resolves it or clears this.
  add column retried_at timestamptz,
  add column retried_by text,
  -- The newest mapping that it was let go for.
  add column mapped_revision bigint;
-- What was opened before there were fingerprints is grouped without its words.
update exception_case set first_seen_at = opened_at, fingerprint = left(md5(concat_ws(chr(31), flow, target, code)), 16);
create unique index exception_case_identity on exception_case (part, key, code, coalesce(delivery_id, 0));
create index exception_case_by_case on exception_case (fingerprint, opened_at) where resolved_at is null;
create index exception_case_by_promise on exception_case (fingerprint, promised_on) where resolved_at is null and promised_on is not null;
create index exception_case_open_by_age on exception_case (opened_at desc) where resolved_at is null;
create index exception_case_resolved on exception_case (fingerprint, resolved_at desc) where resolved_at is not null;
-- Each ended delivery looks for its open exception.
create index exception_case_by_delivery on exception_case (part, delivery_id) where resolved_at is null and delivery_id is not null;
create index exception_case_by_message on exception_case (part, message_id);

-- One row per fingerprint: what people decided about it. Written when a kind of failure is seen for the first time, never again by the
-- engine; how many there are stands in case_tally.
create table failure_case (
  fingerprint text primary key,
  flow text not null,
  target text,
  code text not null,
  message text not null,
  owner text not null,
  remedy text not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  ignored_at timestamptz,
  -- Covers what was open by then; what comes later and outlasts it asks again.
  acknowledged_at timestamptz,
  acknowledged_by text,
  assignee text,
  queue text
);
insert into failure_case (fingerprint, flow, target, code, message, owner, remedy, first_seen_at)
select distinct on (fingerprint) fingerprint, flow, target, code, summary, owner, remedy, opened_at
from exception_case order by fingerprint, opened_at;

-- What is open of each case, as sums that every change of an exception moves in its own transaction. Each writer of a part (the
-- processor, the settlements, people) has rows of its own, so that none of them ever waits for another's; a single row may be
-- negative, their sum never is.
create table case_tally (
  part smallint not null,
  fingerprint text not null,
  writer text not null,
  currency text not null,
  open integer not null,
  units numeric not null,
  amount numeric not null,
  seen bigint not null,
  last_seen_at timestamptz,
  primary key (part, fingerprint, writer, currency)
) with (fillfactor = 70);
insert into case_tally
select part, fingerprint, 'deliver', '', count(*) filter (where resolved_at is null), 0, 0, sum(seen), max(last_seen_at)
from exception_case group by part, fingerprint;

-- What became of an exception by itself, in order: opened, recurred, reopened, resolved. What people did stands in operator_action.
create table exception_event (
  part smallint not null,
  exception_id bigint not null,
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  event text not null,
  note text,
  primary key (part, exception_id, id)
);

-- The words that nobody knew what to make of, one row each: supply their mappings, and the exception goes on.
create table exception_missing (
  part smallint not null,
  exception_id bigint not null,
  kind text not null,
  system text not null,
  value text not null,
  primary key (part, exception_id, kind, system, value)
);
create index exception_missing_by_value on exception_missing (kind, system, value);

-- What one system's word is in another's. Append only: of one (kind, system, source) the newest counts, and null takes it back.
create table mapping (
  revision bigint generated always as identity primary key,
  kind text not null,
  system text not null,
  source text not null,
  target text,
  note text,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index mapping_by_source on mapping (kind, system, source, revision desc);

-- An act on many exceptions or messages at once: previewed, tried on a few, then on all. A step is one transaction under this row's
-- lock, so that any node may take the next one.
create table bulk_operation (
  id bigint generated always as identity primary key,
  act text not null,
  state text not null,
  selection json not null,
  reason text,
  patch json,
  -- Kinds of failure that do not stop it.
  known text[] not null,
  total integer not null,
  units numeric not null default 0,
  amounts json not null default '{}',
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  stepped_at timestamptz,
  ended_at timestamptz,
  stopped_because text
);
create index bulk_operation_active on bulk_operation (stepped_at) where state in ('canary', 'running');

create table bulk_item (
  part smallint not null,
  operation_id bigint not null,
  position integer not null,
  key text not null,
  exception_id bigint,
  delivery_id bigint,
  message_id bigint,
  state text not null default 'pending',
  released_at timestamptz,
  -- The replay that it became.
  new_message_id bigint,
  detail text,
  primary key (part, operation_id, position)
);
create index bulk_item_by_state on bulk_item (operation_id, state, position);
