-- A report that is history entered after the fact; it is neither on time nor late.
ALTER TABLE filing ADD COLUMN backfilled boolean NOT NULL DEFAULT false;
