-- A restatement keeps the event that was published, and when.
ALTER TABLE restatement RENAME COLUMN told TO event;
ALTER TABLE restatement RENAME COLUMN told_at TO published_at;
