-- $1 target[]
insert into target_control (target) select unnest($1::text[]) on conflict do nothing
