-- Unreadable records are counted within a time, not in a row over weeks. A breaker that is open says
-- so, and when it closes; without that instant it waits for an operator.
ALTER TABLE position RENAME COLUMN unreadable_in_a_row TO unreadable;
ALTER TABLE position
    ADD COLUMN unreadable_since timestamptz,
    ADD COLUMN breaker_openings integer NOT NULL DEFAULT 0,
    ADD COLUMN breaker_opened_at timestamptz,
    ADD COLUMN breaker_closes_at timestamptz;
UPDATE position
SET unreadable_since = now(),
    breaker_openings = CASE WHEN unreadable >= 20 THEN 1 ELSE 0 END,
    breaker_opened_at = CASE WHEN unreadable >= 20 THEN now() END
WHERE unreadable > 0;
