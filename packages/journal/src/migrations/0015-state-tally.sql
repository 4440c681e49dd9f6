-- How many states of each kind are in each stage, moved by the statement that moves the states. Counting 500,000 states took 50 to 100 ms
-- just after a vacuum and 240 to 580 ms else, each second of a watched console; the sums cost the
-- server 2 to 3 µs a message.
create table state_tally (
  part smallint not null,
  kind text not null,
  stage text not null,
  count bigint not null,
  primary key (part, kind, stage)
) with (fillfactor = 50);
insert into state_tally (part, kind, stage, count)
select part, kind, stage, count(*) from canonical_state group by part, kind, stage;
