-- Units of whose reports, received at or after an instant, intake has not judged all.

CREATE TABLE held_unit (
    unit text PRIMARY KEY,
    source text NOT NULL,
    since timestamptz NOT NULL
);
