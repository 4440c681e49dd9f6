-- A target's breaker may be open because the target refuses the hub's login: since when, and in which words. Of an open breaker alone: a
-- release that does not know these columns closes it without them.
alter table target_control
  add column login_refused_at timestamptz,
  add column login_refusal text;
