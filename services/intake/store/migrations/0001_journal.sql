-- What was sent and decided, what each slot holds, and who may send.

-- Every submission with its verdict, for ever: receipts and reports can be rebuilt from it.
CREATE TABLE journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    event_id text NOT NULL,
    content_hash bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('submission', 'withdrawal')),
    body bytea NOT NULL,
    received_at timestamptz NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'rejected')),
    findings jsonb NOT NULL,
    unit text,
    form text,
    period text,
    unchanged boolean NOT NULL,
    revision integer CHECK (revision > 0),
    form_version integer,
    first_received_at timestamptz,
    due_at timestamptz,
    deadline_rule text,
    on_time boolean,
    CONSTRAINT journal_event UNIQUE (source, event_id, content_hash),
    CHECK ((verdict = 'accepted') = (revision IS NOT NULL)),
    CHECK (verdict = 'rejected' OR (unit, form, period, form_version) IS NOT NULL)
);

-- A revision of a slot is given out once; an unchanged resend repeats the number.
CREATE UNIQUE INDEX journal_revision ON journal (unit, form, period, revision)
    WHERE revision IS NOT NULL AND NOT unchanged;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END
$$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One row per unit, form and period; figures_hash is null while the slot holds nothing.
-- backlog is what the report leaves unsettled for later periods of the same regime and kind.
CREATE TABLE slot (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    regime text NOT NULL,
    kind text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    figures_hash bytea,
    first_received_at timestamptz,
    due_at timestamptz,
    deadline_rule text,
    on_time boolean,
    backlog bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (unit, form, period),
    CHECK ((figures_hash IS NULL) = (first_received_at IS NULL))
) WITH (fillfactor = 80);

-- Only the SHA-256 of a key is kept.
CREATE TABLE api_key (
    key_id text PRIMARY KEY,
    sha256 bytea NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
