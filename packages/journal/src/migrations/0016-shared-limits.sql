-- What each node is told that a target bears at once: nodes may be told differently while a configuration is rolled out. 0: by a release
-- that did not say.
alter table target_node add column total integer not null default 0;

-- A target's breaker, for all nodes. Null: closed. Else nobody calls the target before `breaker_until`, and from then on one node does, once:
-- `probe_by`, until `probe_until`, so that another takes over from one that died.
alter table target_control
  add column breaker_until timestamptz,
  add column breaker_cool_down_ms integer,
  add column probe_by text,
  add column probe_until timestamptz;
