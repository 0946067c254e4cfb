-- What the rules across periods need: dossiers as locks, exact figures, handovers, questions.

-- One lock for all reports of a unit by one form: a report is held against its unit's other periods.
CREATE TABLE dossier (
    unit text NOT NULL,
    form text NOT NULL,
    PRIMARY KEY (unit, form)
) WITH (fillfactor = 80);

-- figures in the order of the form version's cells; NULL where nothing exact was reported.
-- content_revision is where the slot was last filled or emptied; judging its lateness again makes a
-- revision but no other content. Slots from before this file have no figures: rules keep silent.
ALTER TABLE slot
    ADD COLUMN figures bigint[],
    ADD COLUMN form_version integer,
    ADD COLUMN source text,
    ADD COLUMN event_id text,
    ADD COLUMN content_revision integer NOT NULL DEFAULT 0;

UPDATE slot SET
    content_revision = slot.revision,
    form_version = CASE WHEN figures_hash IS NOT NULL THEN journal.form_version END,
    source = CASE WHEN figures_hash IS NOT NULL THEN journal.source END,
    event_id = CASE WHEN figures_hash IS NOT NULL THEN journal.event_id END
FROM journal
WHERE (slot.unit, slot.form, slot.period, slot.revision)
    = (journal.unit, journal.form, journal.period, journal.revision) AND NOT journal.unchanged;

-- A slot that nothing was ever accepted for is not kept any more.
DELETE FROM slot WHERE revision = 0;

ALTER TABLE slot ADD CHECK (
    (figures_hash IS NULL) = (source IS NULL) AND (source IS NULL) = (event_id IS NULL)
    AND content_revision <= revision
);

-- The opening stocks of a unit after a merger or a division, by cell, in the smallest units.
CREATE TABLE handover (
    unit text NOT NULL,
    form text NOT NULL,
    effective_on date NOT NULL,
    period text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    decision text NOT NULL,
    openings jsonb NOT NULL,
    PRIMARY KEY (unit, form, effective_on)
);

-- Whom we have asked to look again, because of what. A question is open as long as neither report
-- has got another content since.
CREATE TABLE question (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    revision integer NOT NULL,
    content_revision integer NOT NULL,
    source text NOT NULL,
    submission_id text NOT NULL,
    cause_kind text NOT NULL CHECK (cause_kind IN ('report', 'handover')),
    cause_unit text NOT NULL,
    cause_period text NOT NULL,
    cause_revision integer NOT NULL,
    findings jsonb NOT NULL,
    asked_at timestamptz NOT NULL
);

CREATE INDEX question_slot ON question (unit, form, period);

ALTER TABLE journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE journal ADD CONSTRAINT journal_kind_check
    CHECK (kind IN ('submission', 'withdrawal', 'handover', 'rejudgement'));

-- Handovers number their own revisions, beside those of the slots.
DROP INDEX journal_revision;
CREATE UNIQUE INDEX journal_revision ON journal (unit, form, period, revision)
    WHERE revision IS NOT NULL AND NOT unchanged AND kind <> 'handover';
