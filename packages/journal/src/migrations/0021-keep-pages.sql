-- What waits comes in floods, and the vacuum of a quiet night would give the pages of the last one back. For a table without pages a plan reads all
-- of it, and connections keep that plan into the next flood, until the statistics are made anew: with 200,000 messages waiting the delete of
-- a batch took 20 ms, in place of 0.4. Not so for deliveries, whose rows are long: counting the few that wait would read all pages of the last flood.
alter table message_waiting set (vacuum_truncate = off);
