-- Documents that could not be understood, or that our own code failed on: what is to end when one of their kind is. $1 part
select e.key, m.type, e.code
from exception_case e join message m on m.part = e.part and m.class = any ('{0,1,2,3,4,5,6,7}') and m.id = e.message_id
where e.part = $1 and e.resolved_at is null and e.delivery_id is null and e.code in ('payload_invalid', 'poison_message')
