-- Signed closings, what was told about them since, and with whose duties totals were announced.

-- The document by which a report was judged again; nearly always there is none.
ALTER TABLE report ADD COLUMN rejudged text;

-- The figures of a unit, form and period as they were signed. The text is the canonical JSON that
-- the checksum is of, so it is kept as it is, byte for byte.
CREATE TABLE snapshot (
    unit text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    document text NOT NULL,
    province text COLLATE "C" NOT NULL,
    closed_at timestamptz NOT NULL,
    checksum text NOT NULL,
    signed text NOT NULL,
    PRIMARY KEY (unit, form, period, document)
);
-- What has to be looked at again when a province has changed.
CREATE INDEX snapshot_of_province ON snapshot (province, form, period);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was signed is never changed';
END $$;
CREATE TRIGGER snapshot_never_changes BEFORE UPDATE OR DELETE ON snapshot
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every restatement that the broker has acknowledged, in its own words.
CREATE TABLE restatement (
    unit text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    document text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    state text NOT NULL,            -- what the figures came to; the same is not told twice in a row
    told_at timestamptz NOT NULL DEFAULT now(),
    told text NOT NULL,
    PRIMARY KEY (unit, form, period, document, number)
);

-- Who owed when a total was last announced: when the directory changes, its coverage does.
CREATE TABLE announced_total (
    province text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    owing text NOT NULL,            -- a digest of the keys of the units that owed
    PRIMARY KEY (province, form, period)
);
