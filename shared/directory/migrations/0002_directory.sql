-- The directory as this service has read it from its topic. What was told and is not in force yet
-- waits in directory_incoming, so that directory_entity with it laid over is the newest record of
-- every key. A content of null takes an entity away.

CREATE TABLE directory_entity (
    key text PRIMARY KEY,
    content text NOT NULL
);

CREATE TABLE directory_incoming (
    key text PRIMARY KEY,
    content text
);

-- Every revision that was read, in the order of the topic; the newest that was not refused is in
-- force.
CREATE TABLE directory_revision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    revision integer NOT NULL,
    base integer NOT NULL,
    entities integer NOT NULL,
    checksum text NOT NULL,
    document text NOT NULL,
    published_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    refused text
);
