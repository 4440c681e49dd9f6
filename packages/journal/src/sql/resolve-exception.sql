-- Ends one exception as a person's act, and takes it out of its case's sums. $1 part, $2 id, $3 resolution
with ended as (
  update exception_case e set resolved_at = clock_timestamp(), resolution = $3
  where e.part = $1 and e.id = $2 and e.resolved_at is null
  returning e.fingerprint, e.currency, e.units, e.amount
), tallied as (
  insert into case_tally as t (part, fingerprint, writer, currency, open, units, amount, seen)
  select $1, fingerprint, 'desk', currency, -1, -coalesce(units, 0), -coalesce(amount, 0), 0 from ended
  on conflict (part, fingerprint, writer, currency) do update
    set open = t.open + excluded.open, units = t.units + excluded.units, amount = t.amount + excluded.amount
)
select count(*)::int as resolved from ended
