-- How far behind its source each polled stream is. A reference table: one row per stream, written every few seconds by the node that
-- polls it, so that every node and the command line show the same.
create table poll_progress (
  source text not null,
  stream text not null,
  -- All that the source had committed by then has been stored. Null: not once so far.
  caught_up_at timestamptz,
  -- Polls have failed since then, the last one for this reason.
  failing_since timestamptz,
  failure text,
  primary key (source, stream)
);
