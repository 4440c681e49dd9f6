-- What people did to a case, and what they mapped, is told by case.
create index operator_action_by_case on operator_action (part, (detail ->> 'case'), id) where key is null and detail is not null;
