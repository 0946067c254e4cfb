-- A standby has no timeline of its own yet, and raises when it is asked for one.
-- name: enter
SELECT clock_timestamp() AS now,
    CASE WHEN pg_is_in_recovery() THEN 'standby'
        ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END || '/' || tableoid AS tables,
    last_value AS newest
FROM journal_id_seq

-- name: remember
INSERT INTO known_journal (tables) VALUES ($1)
ON CONFLICT (one_row) DO UPDATE SET tables = excluded.tables

-- name: remembers
SELECT EXISTS (SELECT FROM known_journal WHERE tables = $1)

-- name: entries
SELECT source, event_id, content_hash, journal.kind, body, received_at, verdict,
    findings::text AS findings, unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, path
FROM journal JOIN unnest($1::text[], $2::text[]) AS u (source, event_id) USING (source, event_id)
ORDER BY received_at, id

-- name: revisions
SELECT source, event_id, content_hash, kind, body, received_at, verdict,
    findings::text AS findings, unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, path
FROM journal
WHERE revision IS NOT NULL AND NOT unchanged AND kind <> 'handover'
    AND (unit, form, period, revision) > ($1, $2, $3, $4)
ORDER BY unit, form, period, revision
LIMIT $5

-- name: count_revisions
SELECT count(*) FROM journal WHERE revision IS NOT NULL AND NOT unchanged AND kind <> 'handover'

-- name: answered
SELECT id, source, event_id, content_hash, kind, body, received_at, verdict,
    findings::text AS findings, unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, path
FROM journal
WHERE kind <> 'rejudgement' AND id > $1 AND ($2::text IS NULL OR source = $2)
ORDER BY id
LIMIT $3

-- name: asked
SELECT question.*, question.findings::text AS findings_text
FROM question
WHERE id > $1 AND ($2::text IS NULL OR source = $2)
ORDER BY id
LIMIT $3

-- name: count_answers
SELECT (SELECT count(*) FROM journal
        WHERE kind <> 'rejudgement' AND ($1::text IS NULL OR source = $1))
    + (SELECT count(*) FROM question WHERE $1::text IS NULL OR source = $1)

-- name: answered_sources
SELECT DISTINCT source FROM journal WHERE kind <> 'rejudgement' UNION SELECT DISTINCT source FROM question ORDER BY 1

-- name: add_series
INSERT INTO report_series (unit, form) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT DO NOTHING

-- name: lock_series
SELECT 1
FROM report_series JOIN unnest($1::text[], $2::text[]) AS u (unit, form) USING (unit, form)
ORDER BY unit, form
FOR UPDATE OF report_series

-- name: slots
-- Sideways, so that the planner looks each key up, however much it believes that it would save.
SELECT found.*
FROM unnest($1::text[], $2::text[], $3::text[]) AS u (unit, form, period)
CROSS JOIN LATERAL (
    SELECT unit, form, period, revision, figures_hash, first_received_at, due_at, deadline_rule,
        on_time, backlog, figures, form_version, source, event_id, content_revision, carried_in
    FROM slot
    WHERE (slot.unit, slot.form, slot.period) = (u.unit, u.form, u.period)
    LIMIT 1
) AS found

-- name: nested
-- The unit's reports within the widest window stored that holds a period, or within the period.
SELECT u.period AS asked, found.*
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])
    AS u (unit, form, period, regime, first_day, last_day)
CROSS JOIN LATERAL (
    SELECT min(first_day) AS first_day, max(last_day) AS last_day
    FROM slot
    WHERE (slot.unit, slot.form, slot.regime) = (u.unit, u.form, u.regime)
        AND slot.first_day <= u.first_day AND slot.last_day >= u.last_day
        AND slot.figures_hash IS NOT NULL
) AS widest
CROSS JOIN LATERAL (
    SELECT unit, form, period, revision, figures_hash, figures, form_version
    FROM slot
    WHERE (slot.unit, slot.form, slot.regime) = (u.unit, u.form, u.regime)
        AND slot.first_day >= least(u.first_day, widest.first_day)
        AND slot.last_day <= greatest(u.last_day, widest.last_day)
        AND slot.period <> u.period AND slot.figures_hash IS NOT NULL
    OFFSET 0
) AS found

-- name: handovers
SELECT unit, form, effective_on, period, revision, decision, openings::text AS openings,
    from_areas::text AS from_areas
FROM handover JOIN unnest($1::text[], $2::text[], $3::date[]) AS u (unit, form, effective_on)
    USING (unit, form, effective_on)

-- name: backlogs
SELECT u.unit, u.form, u.day, earlier.period, earlier.backlog, earlier.carried_in
FROM unnest($1::text[], $2::text[], $3::date[]) AS u (unit, form, day)
JOIN slot AS earlier
    ON earlier.unit = u.unit AND earlier.form = u.form
    AND earlier.last_day < u.day
WHERE earlier.figures_hash IS NOT NULL

-- name: add_entries
INSERT INTO journal (
    source, event_id, content_hash, kind, body, received_at, verdict, findings,
    unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, path
)
SELECT source, event_id, content_hash, kind, body, received_at, verdict, findings,
    unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, string_to_array(path, '/')
FROM unnest(
    $1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[],
    $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::integer[],
    $14::integer[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::boolean[],
    $19::text[], $20::text[]
) AS u (
    source, event_id, content_hash, kind, body, received_at, verdict, findings,
    unit, form, period, unchanged, revision, form_version,
    first_received_at, due_at, deadline_rule, on_time, unit_type, path
)

-- name: keep_slots
INSERT INTO slot AS kept (
    unit, form, period, regime, kind, first_day, last_day, revision, figures_hash,
    first_received_at, due_at, deadline_rule, on_time, backlog, figures, form_version, source,
    event_id, content_revision, carried_in
)
SELECT unit, form, period, regime, kind, first_day, last_day, revision, figures_hash,
    first_received_at, due_at, deadline_rule, on_time, backlog, figures::bigint[], form_version,
    source, event_id, content_revision, carried_in
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[],
    $8::integer[], $9::bytea[], $10::timestamptz[], $11::timestamptz[], $12::text[],
    $13::boolean[], $14::bigint[], $15::text[], $16::integer[], $17::text[], $18::text[],
    $19::integer[], $20::bigint[]
) AS u (
    unit, form, period, regime, kind, first_day, last_day, revision, figures_hash,
    first_received_at, due_at, deadline_rule, on_time, backlog, figures, form_version, source,
    event_id, content_revision, carried_in
)
ON CONFLICT (unit, form, period) DO UPDATE SET
    revision = excluded.revision,
    figures_hash = excluded.figures_hash,
    first_received_at = excluded.first_received_at,
    due_at = excluded.due_at,
    deadline_rule = excluded.deadline_rule,
    on_time = excluded.on_time,
    backlog = excluded.backlog,
    figures = excluded.figures,
    form_version = excluded.form_version,
    source = excluded.source,
    event_id = excluded.event_id,
    content_revision = excluded.content_revision,
    carried_in = excluded.carried_in

-- name: keep_handovers
INSERT INTO handover (
    unit, form, effective_on, period, revision, decision, openings, from_areas
)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::date[], $4::text[], $5::integer[], $6::text[], $7::jsonb[],
    $8::jsonb[]
)
ON CONFLICT (unit, form, effective_on) DO UPDATE SET
    period = excluded.period,
    revision = excluded.revision,
    decision = excluded.decision,
    openings = excluded.openings,
    from_areas = excluded.from_areas

-- name: add_questions
INSERT INTO question (
    unit, form, period, revision, content_revision, source, submission_id, cause_kind, cause_unit,
    cause_period, cause_revision, findings, asked_at
)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::integer[], $12::jsonb[], $13::timestamptz[]
)

-- name: open_questions
SELECT question.*, question.findings::text AS findings_text
FROM question JOIN slot USING (unit, form, period)
WHERE (unit, form, period) = ($1, $2, $3)
    AND slot.figures_hash IS NOT NULL AND slot.content_revision = question.content_revision
    AND CASE question.cause_kind
        WHEN 'report' THEN EXISTS (
            SELECT FROM slot AS cause
            WHERE (cause.unit, cause.form, cause.period)
                = (question.cause_unit, question.form, question.cause_period)
                AND cause.content_revision = question.cause_revision
        ) AND (question.cause_unit = question.unit OR NOT EXISTS (
            SELECT FROM handover
            WHERE (handover.unit, handover.form) = (question.unit, question.form)
                AND handover.effective_on BETWEEN slot.first_day AND slot.last_day
        ))
        ELSE EXISTS (
            SELECT FROM handover
            WHERE (handover.unit, handover.form, handover.period, handover.revision)
                = (question.unit, question.form, question.cause_period, question.cause_revision)
        )
    END
ORDER BY question.id

-- name: slot
SELECT unit, form, period, revision, figures_hash, first_received_at, due_at, deadline_rule,
    on_time, backlog, figures, form_version, source, event_id, content_revision, carried_in
FROM slot WHERE (unit, form, period) = ($1, $2, $3)

-- name: filled
SELECT unit FROM slot
WHERE (form, period) = ($1, $2) AND figures_hash IS NOT NULL
    AND ($3::text[] IS NULL OR unit = ANY($3))
ORDER BY unit
