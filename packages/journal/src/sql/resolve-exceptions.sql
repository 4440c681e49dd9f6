-- Ends exceptions of keys by code. $1 part, $2 key[], $3 code[], $4 resolution
update exception_case e set resolved_at = clock_timestamp(), resolution = $4
from unnest($2::text[], $3::text[]) as r(key, code)
where e.part = $1 and e.key = r.key and e.code = r.code and e.resolved_at is null and e.delivery_id is null
