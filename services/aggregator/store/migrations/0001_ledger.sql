-- The ledger: every accepted revision of a slot, and what the current ones add up to.
-- Keys compare byte by byte (COLLATE "C"), so that rows are locked in the order that Python sorts
-- them in. bigint holds the sum of 1,023 reports of the largest figure that intake lets pass.

CREATE TABLE report (
    unit text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    form_version integer NOT NULL,
    province text COLLATE "C" NOT NULL,
    areas text[] NOT NULL,          -- the units whose totals it enters, the province last
    unit_type text NOT NULL,
    figures bigint[],               -- in cell order, NULL = not reported; no array = withdrawn
    at_least integer[],             -- positions of qualified figures, from 0; NULL = none
    about integer[],
    on_time boolean,
    due_at timestamptz,
    first_received_at timestamptz,
    received_at timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    superseded_at timestamptz,      -- accepted_at of the next revision; NULL = it counts
    source text NOT NULL,
    submission_id text NOT NULL,
    PRIMARY KEY (unit, form, period, revision),
    CHECK (
        figures IS NULL
        OR (on_time IS NOT NULL AND due_at IS NOT NULL AND first_received_at IS NOT NULL)
    )
);

-- A slot counts once.
CREATE UNIQUE INDEX report_counts_once ON report (unit, form, period) WHERE superseded_at IS NULL;
-- Who has reported: coverage, the late list, and reported_by of every figure.
CREATE INDEX report_current ON report (form, period, province) WHERE superseded_at IS NULL;
-- The watermark of a province.
CREATE INDEX report_accepted ON report (province, accepted_at);

CREATE TABLE total (
    area text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    unit_type text COLLATE "C" NOT NULL,
    sums bigint[] NOT NULL,         -- in cell order; rates stay 0: they follow from their parts
    reporting integer[] NOT NULL,   -- how many reports give the figure
    at_least integer[],             -- how many of these say "more than"; NULL = none anywhere
    about integer[],
    reports integer NOT NULL CHECK (reports > 0),
    on_time integer NOT NULL,
    late integer NOT NULL,
    PRIMARY KEY (area, form, period, unit_type),
    CHECK (on_time + late = reports)
) WITH (fillfactor = 50);           -- an update finds room on its page and touches no index

-- What the world has not heard of yet: published once, as it is then, however often it changed.
CREATE TABLE dirty_total (
    province text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    marked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (province, form, period)
);
