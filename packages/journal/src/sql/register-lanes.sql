-- $1 names[]
insert into lane (name) select unnest($1::text[]) on conflict do nothing
