-- The docket: what is owed, what was filed, who was told.

CREATE TABLE filing (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    first_received_at timestamptz,
    withdrawn boolean NOT NULL,
    PRIMARY KEY (unit, form, period),
    CHECK (withdrawn = (first_received_at IS NULL))
);

CREATE TABLE duty (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    province text NOT NULL,
    committee text NOT NULL,
    due_at timestamptz NOT NULL,
    deadline_rule text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'overdue', 'met')),
    PRIMARY KEY (unit, form, period)
);
-- The scan runs every second and must touch only what is due.
CREATE INDEX duty_open_by_due_at ON duty (due_at) WHERE state = 'open';
CREATE INDEX duty_by_form_and_period ON duty (form, period, state);

CREATE TABLE stage (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    stage text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (unit, form, period, stage),
    FOREIGN KEY (unit, form, period) REFERENCES duty
);

CREATE TABLE notice (
    notice_id text PRIMARY KEY,
    committee text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL DEFAULT 'planned'
        CHECK (state IN ('planned', 'sent', 'cancelled', 'failed')),
    message_id text,
    subject text,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    send_after timestamptz NOT NULL,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    -- An earlier attempt may have arrived: such a notice takes no further items.
    doubtful boolean NOT NULL DEFAULT false,
    sent_at timestamptz,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notice_planned ON notice (send_after) WHERE state = 'planned';
CREATE INDEX notice_by_recipient ON notice (committee, recipient, channel, sent_at);
CREATE INDEX notice_by_creation ON notice (created_at);

CREATE TABLE notice_item (
    notice_id text NOT NULL REFERENCES notice,
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    stage text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    left_out_at timestamptz,
    FOREIGN KEY (unit, form, period) REFERENCES duty
);
-- Nobody is told twice of one thing. What was left out before sending was not told.
CREATE UNIQUE INDEX notice_item_once
    ON notice_item (unit, form, period, stage, recipient, channel) WHERE left_out_at IS NULL;
CREATE INDEX notice_item_by_notice ON notice_item (notice_id);

-- Append-only: one line for each thing that happened to a notice on its way.
CREATE TABLE delivery (
    notice_id text NOT NULL REFERENCES notice,
    attempt integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    outcome text NOT NULL,
    detail text NOT NULL
);
CREATE INDEX delivery_by_notice ON delivery (notice_id, at);

CREATE TABLE watermark (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    watermark timestamptz NOT NULL
);
