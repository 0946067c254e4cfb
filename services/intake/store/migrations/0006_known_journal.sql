-- Which journal has learnt the revisions on qcdc.reports.v1: this one, or the one that a backup was
-- made of. See docs/decisions/0018-revisions-survive-a-restored-backup.md.
CREATE TABLE known_journal (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    tables text NOT NULL
);
