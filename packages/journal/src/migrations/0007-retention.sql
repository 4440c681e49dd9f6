-- Time slices (ADR 12). What grows for ever is partitioned, so that it ends by DROP and not by DELETE. Ids carry their day: the id sequences
-- are moved on to day * 2^36 (day: since 1970), so that a range of ids is a range of time while keys keep `part` and one row is found in
-- one slice by its key. One level of partitioning, because Citus distributes no more. Slices are named for their bounds:
-- <table>_c<class>_<first day>_<day after the last>.

-- The retention class of keys that begin like this; others are of class 0. A reference table: a few rows. Seven at most, so that a row can
-- be found by (part, id) alone, a class at a time.
create table retention_class (
  prefix text primary key,
  class smallint not null check (class between 1 and 7),
  name text not null
);

-- Generations of the dedupe table. One that begins is written to beside the one that ends for a while (accept-messages.sql).
create table dedupe_generation (
  generation integer primary key,
  from_at timestamptz not null,
  until_at timestamptz not null default 'infinity'
);

create sequence message_id;
create sequence delivery_id;
create sequence exchange_id;
create sequence invalid_message_id;

alter table message_waiting add column class smallint not null default 0;
alter table delivery add column class smallint not null default 0;
alter table delivery alter column id drop identity;
alter table delivery alter column id set default nextval('delivery_id');

alter table message add column class smallint not null default 0;
alter table message alter column id drop identity;
alter table message drop constraint message_pkey;
alter table message_result add column class smallint not null default 0;
alter table message_result drop constraint message_result_pkey;
alter table delivery_done add column class smallint not null default 0;
alter table delivery_done drop constraint delivery_done_pkey;
alter table delivery_attempt add column class smallint not null default 0;
alter table delivery_attempt drop constraint delivery_attempt_pkey;
-- Which call it was part of, where that call's exchanges stand, and what software made it.
alter table delivery_attempt add column call uuid, add column call_part smallint, add column software text;
alter table message_dedupe add column generation integer not null default 0;
alter table message_dedupe drop constraint message_dedupe_pkey;
alter table invalid_message alter column id drop identity;
alter table invalid_message drop constraint invalid_message_pkey;

-- What a connector and its system said to each other in one call, redacted. Bodies over a size stand in exchange_body, once for all who
-- refer to them (claim check).
create table exchange (
  part smallint not null,
  id bigint not null default nextval('exchange_id'),
  call uuid not null,
  target text not null,
  method text not null,
  url text not null,
  status integer,
  request text,
  request_bytes integer not null,
  request_digest bytea,
  response text,
  response_bytes integer not null,
  response_digest bytea,
  failure text,
  took_ms integer not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (part, id)
) partition by range (id);
create index exchange_by_call on exchange (part, call);

-- `day` is the day of the exchange's slice, so that a body is never dropped before what refers to it.
create table exchange_body (
  part smallint not null,
  day integer not null,
  digest bytea not null,
  body text not null,
  primary key (part, day, digest)
) partition by range (day);

do $$
declare
  today bigint := floor(extract(epoch from clock_timestamp()) / 86400);
  one_day constant bigint := 68719476736; -- 2^36
  sliced text;
  before text;
  ordering text;
  filled boolean;
begin
  -- All or none: a delivery that waits from before will end in tables that may still be empty.
  select exists (select from message) or exists (select from delivery) or exists (select from invalid_message) into filled;
  foreach sliced in array array['message', 'message_result', 'delivery_done', 'delivery_attempt', 'invalid_message'] loop
    ordering := case sliced when 'delivery_attempt' then 'delivery_id' else 'id' end;
    before := format(case sliced when 'invalid_message' then '%s_0_%s' else '%s_c0_0_%s' end, sliced, today);
    execute format('alter table %I rename to %I', sliced, before);
    execute format('create table %I (like %I including defaults including storage) partition by range (%s)', sliced, before,
      case sliced when 'invalid_message' then 'id' else 'class, ' || ordering end);
    execute format('alter table %I add primary key (%s)', sliced, case sliced
      when 'invalid_message' then 'id'
      when 'delivery_attempt' then 'part, class, delivery_id, attempt, ended_at'
      else 'part, class, id' end);
    -- Rows from before the slices stay where they are: their table becomes the first slice.
    execute format('alter table %I add constraint in_slice check (%s)', before, case sliced
      when 'invalid_message' then format('id >= 0 and id < %s', today * one_day)
      else format('class = 0 and %s >= 0 and %s < %s', ordering, ordering, today * one_day) end);
  end loop;
  alter table message alter column id set default nextval('message_id');
  alter table invalid_message alter column id set default nextval('invalid_message_id');

  -- Under another name the old indexes are taken over, not built again.
  alter index message_by_key rename to message_before_by_key;
  alter index delivery_done_by_key rename to delivery_done_before_by_key;
  create index message_by_key on message (part, key, id);
  create index delivery_done_by_key on delivery_done (part, key);

  foreach sliced in array array['message', 'message_result', 'delivery_done', 'delivery_attempt', 'invalid_message'] loop
    before := format(case sliced when 'invalid_message' then '%s_0_%s' else '%s_c0_0_%s' end, sliced, today);
    if filled then
      execute format(case sliced
        when 'invalid_message' then 'alter table %I attach partition %I for values from (0) to (%s)'
        else 'alter table %I attach partition %I for values from (0, 0) to (0, %s)' end, sliced, before, today * one_day);
      execute format('alter table %I drop constraint in_slice', before);
    else
      execute format('drop table %I', before);
    end if;
    execute format(case sliced
      when 'invalid_message' then 'create table %I partition of %I for values from (%s) to (%s)'
      else 'create table %I partition of %I for values from (0, %s) to (0, %s)' end,
      format(case sliced when 'invalid_message' then '%s_%s_%s' else '%s_c0_%s_%s' end, sliced, today, today + 7),
      sliced, today * one_day, (today + 7) * one_day);
  end loop;
  execute format('create table %I partition of exchange for values from (%s) to (%s)',
    format('exchange_%s_%s', today, today + 1), today * one_day, (today + 1) * one_day);
  execute format('create table %I partition of exchange_body for values from (%s) to (%s)',
    format('exchange_body_%s_%s', today, today + 1), today, today + 1);

  alter table message_dedupe rename to message_dedupe_g0;
  create table message_dedupe (
    like message_dedupe_g0 including defaults, primary key (part, source, source_id, generation)
  ) partition by list (generation);
  alter table message_dedupe_g0 add constraint in_slice check (generation = 0);
  alter table message_dedupe attach partition message_dedupe_g0 for values in (0);
  alter table message_dedupe_g0 drop constraint in_slice;
  alter table message_dedupe alter column generation drop default;
  insert into dedupe_generation (generation, from_at) values (0, clock_timestamp());

  perform setval(sequence_name, today * one_day)
  from unnest(array['message_id', 'delivery_id', 'exchange_id', 'invalid_message_id']) as sequence_name;
end
$$;
