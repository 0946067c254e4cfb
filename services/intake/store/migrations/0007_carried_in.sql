-- What a report states as open at the start of its period; null where it does not.
ALTER TABLE slot ADD COLUMN carried_in bigint;
