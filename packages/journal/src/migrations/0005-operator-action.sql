-- What people did by hand: who, when, why. Written in the transaction of the deed, so that neither stands without the other; never
-- changed and never dropped, because people act seldom and are asked about it long after.
create table operator_action (
  part smallint not null,
  id bigint generated always as identity,
  -- Absent for what concerns a whole target or the hub; such rows stand in part 0.
  key text,
  action text not null,
  actor text not null,
  reason text,
  target text,
  delivery_id bigint,
  message_id bigint,
  exception_id bigint,
  -- What else must be known to understand it, e.g. the edited payload beside the original.
  detail json,
  acted_at timestamptz not null default clock_timestamp(),
  primary key (part, id)
);
create index operator_action_by_key on operator_action (part, key) where key is not null;
