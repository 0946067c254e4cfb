-- incarnation: how often a duty was excused. delivery_attempt: the log of attempts.

ALTER TABLE duty RENAME COLUMN turn TO incarnation;
ALTER TABLE delivery RENAME TO delivery_attempt;
ALTER INDEX delivery_by_notice RENAME TO delivery_attempt_by_notice;
