-- Keys that are held back at each target of a part. $1 part
select target, key, id from delivery where part = $1 and state = 'parked'
