-- What each node does, so that shares are counted over those that work partitions, and people see which node is which.
alter table node add column roles text[] not null default '{gateway,worker,scheduler}';
-- Where a node answers over HTTP; null when it does not.
alter table node add column address text;
