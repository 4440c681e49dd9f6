-- Lanes: bulkheads between what arrives from different systems, and lanes of their own for replays and batches. A lane is given to a
-- message when it is accepted and inherited by all that the message causes. It stands in the primary keys of what waits, so that one lane
-- is read without passing over another's backlog, at the price of no further index.
alter table message add column lane text not null default '';
alter table message_waiting add column lane text not null default '';
alter table message_waiting drop constraint message_waiting_pkey, add primary key (part, lane, id);

-- `expires_at`: past it, by the database's clock, the delivery is not sent any more.
alter table delivery add column lane text not null default '', add column expires_at timestamptz;
alter table delivery drop constraint delivery_pkey, add primary key (part, target, lane, id);

-- What all nodes share about a target. Reference tables: a row per target, and one per target and node.
-- `tokens` are calls that may be made, as of `refilled_at`; nodes take them in chunks. `budget_used` counts the calls taken since
-- `budget_day` began. `held_until` is a pause that the target itself asked for.
create table target_control (
  target text primary key,
  paused_at timestamptz,
  paused_by text,
  pause_reason text,
  held_until timestamptz,
  held_reason text,
  tokens float8 not null default 1e9,
  refilled_at timestamptz not null default clock_timestamp(),
  budget_day date,
  budget_used bigint not null default 0
);

-- How many calls at once a node may make to a target, leased like partitions, and what it sees of the target.
create table target_node (
  target text not null,
  node text not null,
  slots integer not null default 0,
  wanted integer not null default 0,
  breaker text not null default 'closed',
  expires_at timestamptz not null,
  primary key (target, node)
);

-- Every lane that a message was ever accepted in. Reference table: a row per source system, segment and named lane.
create table lane (
  name text primary key
);
-- What stood here before there were lanes is in the one without a name; the others are those that people start.
insert into lane (name) values (''), ('replay'), ('batch');
