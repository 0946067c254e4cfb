-- With each position: which log was read (the same name may come to mean another one), and the
-- newest record that was applied from it. held_because is set when the log is not the one that was
-- read, or has lost records that were not; an operator takes it away (qcdc positions accept-loss).
ALTER TABLE position
    ADD COLUMN cluster_id text,
    ADD COLUMN topic_id text,
    ADD COLUMN newest_offset bigint,
    ADD COLUMN newest_timestamp_ms bigint,
    ADD COLUMN newest_checksum bigint,
    ADD COLUMN held_because text CHECK (held_because IN ('log_replaced', 'lost_window')),
    ADD COLUMN held_since timestamptz,
    ADD CHECK ((held_because IS NULL) = (held_since IS NULL));

CREATE TABLE accepted_loss (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    accepted_by text NOT NULL,
    document text NOT NULL CHECK (document <> ''),
    stream text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    because text NOT NULL,
    held_since timestamptz,
    cluster_id text,                -- the log that was read
    topic_id text,
    next_offset bigint NOT NULL,    -- how far it had been read
    new_topic_id text NOT NULL,     -- the log that is read from now on
    new_next_offset bigint NOT NULL -- and from where
);

-- Offsets begin again in a topic that was made again; the append time tells the records apart.
ALTER TABLE dead_letter
    DROP CONSTRAINT dead_letter_pkey,
    ADD PRIMARY KEY (topic, partition, "offset", appended_at);
