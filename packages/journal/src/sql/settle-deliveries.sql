-- What became of a batch of tries. Ended deliveries leave the hot table; the others wait in their new state. Fenced like
-- complete-messages.sql. Replies become messages of the same key in the same transaction.
-- $1 part, $2 owner, $3 epoch, $4 node
-- ended:    $5 target[], $6 id[], $7 state[], $8 note[], $9 attempts[]
-- waiting:  $10 target[], $11 id[], $12 state[], $13 attempts[], $14 ambiguous[], $15 due_in_ms[]
-- attempts: $16 delivery_id[], $17 attempt[], $18 outcome[], $19 code[], $20 detail[], $21 took_ms[]
-- replies:  $22 key[], $23 source[], $24 source_id[], $25 type[], $26 payload[]
-- identifiers: $27 key[], $28 kind[], $29 value[], $30 system[]
-- lanes: of ended $31, of waiting $32, of replies $33
-- calls: of attempts $34 call[], $35 call_part[], $36 software[]; $37 exchanges as a JSON list; bodies that stand aside: $38 digest in hex[], $39 body[]
-- waiting whose retry policy begins anew: $40
with fence as materialized (
  select 1 from partition_lease where part = $1 and owner = $2 and epoch = $3 for share
), ended as (
  delete from delivery d
  using unnest($5::text[], $31::text[], $6::bigint[], $7::text[], $8::text[], $9::int[]) as e(target, lane, id, state, note, attempts), fence
  where d.part = $1 and d.target = e.target and d.lane = e.lane and d.id = e.id
  returning d.id, d.class, d.target, d.key, d.message_id, d.type, d.flow, d.payload, e.state, e.note, e.attempts, d.created_at
), kept as (
  insert into delivery_done (part, class, id, target, key, message_id, type, flow, payload, state, note, attempts, created_at)
  select $1, class, id, target, key, message_id, type, flow, payload, state, note, attempts, created_at from ended
), healed as (
  update exception_case x set resolved_at = clock_timestamp(), resolution = ended.state
  from ended
  where x.part = $1 and x.delivery_id = ended.id and x.resolved_at is null
  returning x.id, x.fingerprint, x.currency, x.units, x.amount, x.resolution
), healed_tally as (
  insert into case_tally as t (part, fingerprint, writer, currency, open, units, amount, seen)
  select $1, fingerprint, 'deliver', currency, -count(*), -coalesce(sum(units), 0), -coalesce(sum(amount), 0), 0
  from healed group by fingerprint, currency order by fingerprint, currency
  on conflict (part, fingerprint, writer, currency) do update
    set open = t.open + excluded.open, units = t.units + excluded.units, amount = t.amount + excluded.amount
), healed_event as (
  insert into exception_event (part, exception_id, event, note) select $1, id, 'resolved', resolution from healed
), waiting_on as (
  update delivery d
  set state = w.state, attempts = w.attempts, ambiguous = w.ambiguous,
      -- Back to ready: nothing was tried.
      first_tried_at = case when w.anew then null when w.state = 'ready' then d.first_tried_at else coalesce(d.first_tried_at, clock_timestamp()) end,
      due_at = clock_timestamp() + w.due_in_ms * interval '1 millisecond'
  from unnest($10::text[], $32::text[], $11::bigint[], $12::text[], $13::int[], $14::boolean[], $15::float8[], $40::boolean[])
    as w(target, lane, id, state, attempts, ambiguous, due_in_ms, anew), fence
  where d.part = $1 and d.target = w.target and d.lane = w.lane and d.id = w.id
  returning d.id, d.class
), tried as (
  insert into delivery_attempt (part, class, delivery_id, attempt, outcome, code, detail, took_ms, node, call, call_part, software)
  select $1, d.class, a.delivery_id, a.attempt, a.outcome, a.code, a.detail, a.took_ms, $4, a.call, a.call_part, a.software
  from unnest($16::bigint[], $17::int[], $18::text[], $19::text[], $20::text[], $21::int[], $34::uuid[], $35::smallint[], $36::text[])
    as a(delivery_id, attempt, outcome, code, detail, took_ms, call, call_part, software)
  join (select id, class from ended union all select id, class from waiting_on) d on d.id = a.delivery_id
), told as (
  insert into exchange (part, call, target, method, url, status, request, request_bytes, request_digest, response, response_bytes,
    response_digest, failure, took_ms)
  select $1, x.call, x.target, x.method, x.url, x.status, x.request, x.request_bytes, decode(x.request_digest, 'hex'), x.response,
    x.response_bytes, decode(x.response_digest, 'hex'), x.failure, x.took_ms
  from fence cross join json_to_recordset($37::json) as x(call uuid, target text, method text, url text, status int, request text,
    request_bytes int, request_digest text, response text, response_bytes int, response_digest text, failure text, took_ms int)
), aside as (
  insert into exchange_body (part, day, digest, body)
  -- The day that the ids of exchanges carry now: a body goes with their slice.
  select $1, exchange_id.last_value >> 36, decode(b.digest, 'hex'), b.body
  from unnest($38::text[], $39::text[]) as b(digest, body), exchange_id, fence
  on conflict do nothing
), input as (
  select r.* from unnest($22::text[], $23::text[], $24::text[], $25::text[], $26::json[], $33::text[])
    with ordinality as r(key, source, source_id, type, payload, lane, position), fence
), generation as materialized (
  select generation from dedupe_generation
  where from_at <= clock_timestamp() + interval '15 minutes' and until_at > clock_timestamp() - interval '15 minutes'
), entered as (
  insert into message_dedupe (part, source, source_id, generation)
  -- Sorted: two statements that share ids lock them in one order, and cannot deadlock or win one generation each.
  select $1, i.source, i.source_id, g.generation from input i cross join generation g
  where (
    select true from message_dedupe d
    where d.part = $1 and d.source = i.source and d.source_id = i.source_id and d.generation < (select min(generation) from generation)
  ) is null
  order by i.source, i.source_id, g.generation
  on conflict do nothing
  returning source, source_id
), fresh as (
  select source, source_id from entered group by source, source_id having count(*) = (select count(*) from generation)
), stored as (
  insert into message (part, class, key, source, source_id, type, payload, lane)
  select $1, coalesce(class, 0), key, source, source_id, type, payload, lane
  from input join fresh using (source, source_id) left join retention_class on prefix = left(key, 3)
  order by position
  returning id, class, key, lane
), waiting as (
  insert into message_waiting (part, id, class, key, lane) select $1, id, class, key, lane from stored
), named as (
  insert into identifier (part, key, kind, value, system)
  select $1, i.key, i.kind, i.value, i.system
  from unnest($27::text[], $28::text[], $29::text[], $30::text[]) as i(key, kind, value, system), fence
  on conflict do nothing
)
select (select count(*) from fence)::int as fenced
