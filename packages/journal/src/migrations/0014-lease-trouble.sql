-- What befell a node's hold on its partitions since it started (leases lost, writes fenced), so that people see which node stumbles.
alter table node
  add column troubles integer not null default 0,
  add column last_trouble text,
  add column last_trouble_at timestamptz;
