-- $1 part, $2 keys[]
select key, kind, stage, body from canonical_state where part = $1 and key = any ($2::text[])
