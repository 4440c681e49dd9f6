-- Sorted: two nodes lock them in one order and cannot deadlock. $1 target[]
select target from target_control where target = any ($1::text[]) order by target for update
