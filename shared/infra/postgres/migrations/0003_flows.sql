-- Each topic leaves by itself: its rows in their order, and those with a barrier only once no row
-- of the topic *after_topic* with a lower id is left.

ALTER TABLE outbox
    ADD COLUMN after_topic text,
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (topic, id);

CREATE INDEX outbox_barrier ON outbox (topic, id) WHERE after_topic IS NOT NULL;

-- Of every partition that the relay writes, the offset behind the newest record that Kafka has
-- acknowledged; moved in the transaction that deletes the rows.
CREATE TABLE acknowledged (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    PRIMARY KEY (topic, partition)
);
