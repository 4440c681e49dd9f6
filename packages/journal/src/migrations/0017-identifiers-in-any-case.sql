-- People type identifiers in whatever case: s00042 is S00042. In place of the index by the value as it is, not beside it: each order
-- writes some fifteen rows here.
drop index identifier_by_value;
create index identifier_by_value on identifier (lower(value) text_pattern_ops);
