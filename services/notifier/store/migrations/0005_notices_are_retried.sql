-- A failed notice is tried again. The plan of attempts begins anew after this many of them.
ALTER TABLE notice ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;

-- Those that failed in an earlier release, for ever, are tried at once.
UPDATE notice SET send_after = now(), attempts_before = attempts WHERE state = 'failed';

DROP INDEX notice_planned;
CREATE INDEX notice_unsent ON notice (send_after) WHERE state IN ('planned', 'failed');
