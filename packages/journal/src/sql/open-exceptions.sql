-- Opens exceptions, counts a recurrence of one that is open, re-opens one that was resolved, and moves the sums of their cases. The
-- rows are locked before they change, because what they were (open or not, of which case) is what the sums must give back.
-- $1 part, $2 writer, $3 key[], $4 code[], $5 flow[], $6 target[], $7 delivery_id[], $8 message_id[], $9 summary[], $10 faults[], $11 owner[],
-- $12 remedy[], $13 fingerprint[], $14 normalised message[], $15 units[], $16 amount[], $17 currency[], $18 promised_on[]
with input as materialized (
  select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::json[], $11::text[],
    $12::text[], $13::text[], $14::text[], $15::numeric[], $16::numeric[], $17::text[], $18::date[])
    as x(key, code, flow, target, delivery_id, message_id, summary, faults, owner, remedy, fingerprint, message, units, amount, currency, promised_on)
), known as (
  insert into failure_case (fingerprint, flow, target, code, message, owner, remedy)
  select distinct on (fingerprint) fingerprint, flow, target, code, message, owner, remedy from input order by fingerprint
  on conflict do nothing
), was as materialized (
  select e.id, e.key, e.code, e.delivery_id, e.resolved_at, e.fingerprint, e.currency, e.units, e.amount
  from exception_case e join input i on e.part = $1 and e.key = i.key and e.code = i.code and coalesce(e.delivery_id, 0) = coalesce(i.delivery_id, 0)
  for update of e
), stored as (
  insert into exception_case as e
    (part, key, code, flow, target, delivery_id, message_id, summary, faults, owner, remedy, fingerprint, units, amount, currency, promised_on)
  select $1, i.key, i.code, i.flow, i.target, i.delivery_id, i.message_id, i.summary, i.faults, i.owner, i.remedy, i.fingerprint, i.units,
         i.amount, i.currency, i.promised_on
  from input i left join was w on w.key = i.key and w.code = i.code and coalesce(w.delivery_id, 0) = coalesce(i.delivery_id, 0)
  on conflict (part, key, code, coalesce(delivery_id, 0)) do update
    set seen = e.seen + 1, last_seen_at = clock_timestamp(), flow = excluded.flow, summary = excluded.summary, faults = excluded.faults,
        message_id = excluded.message_id, owner = excluded.owner, remedy = excluded.remedy, fingerprint = excluded.fingerprint,
        units = excluded.units, amount = excluded.amount, currency = excluded.currency, promised_on = excluded.promised_on,
        opened_at = case when e.resolved_at is null then e.opened_at else clock_timestamp() end,
        reopened = e.reopened + case when e.resolved_at is null then 0 else 1 end,
        resolved_at = null, resolution = null, retried_at = null, retried_by = null
  returning e.id, e.key, e.code, e.delivery_id, e.summary
), moved as (
  select fingerprint, currency, 1 as open, units, amount, clock_timestamp() as seen_at from input
  union all
  select fingerprint, currency, -1, -units, -amount, null from was where resolved_at is null
), tallied as (
  insert into case_tally as t (part, fingerprint, writer, currency, open, units, amount, seen, last_seen_at)
  select $1, fingerprint, $2, currency, sum(open), coalesce(sum(units), 0), coalesce(sum(amount), 0), count(seen_at), max(seen_at)
  from moved group by fingerprint, currency order by fingerprint, currency
  on conflict (part, fingerprint, writer, currency) do update
    set open = t.open + excluded.open, units = t.units + excluded.units, amount = t.amount + excluded.amount, seen = t.seen + excluded.seen,
        last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
), noted as (
  insert into exception_event (part, exception_id, event, note)
  select $1, s.id, case when w.id is null then 'opened' when w.resolved_at is null then 'recurred' else 'reopened' end, s.summary
  from stored s left join was w on w.id = s.id
)
select id, key, code, delivery_id from stored
