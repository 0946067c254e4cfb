-- What an event on qcdc.reports.v1 says of the unit as the directory was when it was first
-- published; all else of the event is in the entry, or follows from its body and form version.
-- Entries from before this file have neither: the journal is append-only.
ALTER TABLE journal
    ADD COLUMN unit_type text,
    ADD COLUMN path text[],
    ADD CHECK ((unit_type IS NULL) = (path IS NULL));
