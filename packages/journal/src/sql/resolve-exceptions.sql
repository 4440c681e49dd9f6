-- Ends exceptions of keys by code, apart from those of deliveries, which end with them. $1 part, $2 writer, $3 key[], $4 code[], $5 resolution
with ended as (
  update exception_case e set resolved_at = clock_timestamp(), resolution = $5
  from (select distinct key, code from unnest($3::text[], $4::text[]) as r(key, code)) r
  where e.part = $1 and e.key = r.key and e.code = r.code and e.resolved_at is null and e.delivery_id is null
  returning e.id, e.fingerprint, e.currency, e.units, e.amount
), tallied as (
  insert into case_tally as t (part, fingerprint, writer, currency, open, units, amount, seen)
  select $1, fingerprint, $2, currency, -count(*), -coalesce(sum(units), 0), -coalesce(sum(amount), 0), 0
  from ended group by fingerprint, currency order by fingerprint, currency
  on conflict (part, fingerprint, writer, currency) do update
    set open = t.open + excluded.open, units = t.units + excluded.units, amount = t.amount + excluded.amount
), noted as (
  insert into exception_event (part, exception_id, event, note) select $1, id, 'resolved', $5 from ended
)
select count(*)::int as resolved from ended
