-- name: enter
SELECT pg_advisory_xact_lock_shared($1)

-- name: now
SELECT clock_timestamp()

-- name: entries
SELECT source, event_id, content_hash, journal.kind, body, received_at, verdict,
    findings::text AS findings, unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time
FROM journal JOIN unnest($1::text[], $2::text[]) AS u (source, event_id) USING (source, event_id)
ORDER BY id

-- name: add_slots
INSERT INTO slot (unit, form, period, regime, kind, first_day, last_day)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[]
)
ON CONFLICT DO NOTHING

-- name: lock_slots
SELECT unit, form, period, revision, figures_hash, first_received_at, due_at, deadline_rule,
    on_time, backlog
FROM slot JOIN unnest($1::text[], $2::text[], $3::text[]) AS u (unit, form, period)
    USING (unit, form, period)
ORDER BY unit, form, period
FOR UPDATE OF slot

-- name: carried
SELECT this.unit, this.form, this.period, earlier.regime, earlier.kind,
    sum(earlier.backlog)::bigint AS backlog
FROM slot AS this
JOIN unnest($1::text[], $2::text[], $3::text[]) AS u (unit, form, period)
    USING (unit, form, period)
JOIN slot AS earlier
    ON earlier.unit = this.unit AND earlier.form = this.form
    AND earlier.last_day < this.first_day AND earlier.backlog <> 0
GROUP BY 1, 2, 3, 4, 5

-- name: add_entries
INSERT INTO journal (
    source, event_id, content_hash, kind, body, received_at, verdict, findings,
    unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time
)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[],
    $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::integer[],
    $14::integer[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::boolean[]
)

-- name: move_slots
UPDATE slot SET
    revision = u.revision,
    figures_hash = u.figures_hash,
    first_received_at = u.first_received_at,
    due_at = u.due_at,
    deadline_rule = u.deadline_rule,
    on_time = u.on_time,
    backlog = u.backlog
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::integer[], $5::bytea[], $6::timestamptz[],
    $7::timestamptz[], $8::text[], $9::boolean[], $10::bigint[]
) AS u (
    unit, form, period, revision, figures_hash, first_received_at, due_at, deadline_rule, on_time,
    backlog
)
WHERE (slot.unit, slot.form, slot.period) = (u.unit, u.form, u.period)

-- name: slot
SELECT unit, form, period, revision, figures_hash, first_received_at, due_at, deadline_rule,
    on_time, backlog
FROM slot WHERE (unit, form, period) = ($1, $2, $3)
