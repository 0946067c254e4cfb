-- Facts change while duties stand: who is excused, and every move of a due instant.

ALTER TABLE filing ADD COLUMN on_time boolean;

ALTER TABLE duty
    ADD COLUMN turn integer NOT NULL DEFAULT 0,
    DROP CONSTRAINT duty_state_check,
    ADD CONSTRAINT duty_state_check CHECK (state IN ('open', 'overdue', 'met', 'excused'));
-- New facts are held against every duty that is not met, page by page.
CREATE INDEX duty_unmet ON duty (unit, form, period) WHERE state <> 'met';

-- Append-only: one line for each move of a due instant.
CREATE TABLE due_change (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    was timestamptz NOT NULL,
    becomes timestamptz NOT NULL,
    rule text NOT NULL,
    because text NOT NULL,
    document text NOT NULL,
    at timestamptz NOT NULL,
    FOREIGN KEY (unit, form, period) REFERENCES duty,
    -- Only an explicit re-judging of a report that is there goes back.
    CHECK (becomes > was OR because = 'rejudged')
);
CREATE INDEX due_change_by_duty ON due_change (unit, form, period, at);

-- The due instant that a notice tells of: late again after an extension is told again.
ALTER TABLE notice_item ADD COLUMN due_at timestamptz;
UPDATE notice_item AS i SET due_at = d.due_at
FROM duty AS d
WHERE (i.unit, i.form, i.period) = (d.unit, d.form, d.period);
ALTER TABLE notice_item ALTER COLUMN due_at SET NOT NULL;
DROP INDEX notice_item_once;
CREATE UNIQUE INDEX notice_item_once
    ON notice_item (unit, form, period, stage, recipient, channel, due_at)
    WHERE left_out_at IS NULL;
