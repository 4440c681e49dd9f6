-- The target asked to be left alone for a while. $1 target, $2 milliseconds, $3 its words
update target_control
set held_until = greatest(coalesce(held_until, '-infinity'), clock_timestamp() + $2 * interval '1 millisecond'), held_reason = $3
where target = $1
