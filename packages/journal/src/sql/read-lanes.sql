-- Every lane there is.
select name from lane
