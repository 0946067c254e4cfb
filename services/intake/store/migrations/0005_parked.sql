-- What was received and cannot be judged by the reference data in force: kept in the order of
-- arrival, and judged again when they change. It has no line in the journal before its verdict.
CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    event_id text NOT NULL,
    content_hash bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('submission', 'withdrawal', 'handover')),
    body bytea NOT NULL,
    received_at timestamptz NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,           -- for operators: what was raised while it was judged
    findings jsonb NOT NULL,        -- what its sender is answered meanwhile
    unit text,
    form text,
    period text,
    time_required boolean NOT NULL,
    revision integer,               -- the only revision that a withdrawal may withdraw
    UNIQUE (source, event_id, content_hash)
);
CREATE INDEX parked_for_slot ON parked (unit, form, period);
