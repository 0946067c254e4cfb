-- name: now
SELECT now()

-- name: records
SELECT
    s.unit, s.form, s.period,
    f.revision, f.first_received_at, f.on_time, f.backfilled,
    d.province, d.committee, d.due_at, d.deadline_rule, d.state, d.incarnation
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
LEFT JOIN filing AS f USING (unit, form, period)
LEFT JOIN duty AS d USING (unit, form, period)

-- name: due
SELECT unit, form, period FROM duty
WHERE
    state = 'open' AND due_at < $1
    AND NOT EXISTS (
        SELECT FROM unnest($3::text[], $4::timestamptz[]) AS held (unit, since)
        WHERE held.unit = duty.unit AND held.since < duty.due_at
    )
ORDER BY due_at
LIMIT $2

-- name: unmet
SELECT unit, form, period, province, committee, due_at, deadline_rule, state, incarnation FROM duty
WHERE state <> 'met' AND (unit, form, period) > ($1, $2, $3)
ORDER BY unit, form, period
LIMIT $4

-- name: missing
SELECT unit, form, period
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
WHERE NOT EXISTS (
    SELECT FROM duty AS d
    WHERE (d.unit, d.form, d.period) = (s.unit, s.form, s.period)
)

-- name: save_filings
INSERT INTO filing AS stored (
    unit, form, period, revision, first_received_at, on_time, backfilled, withdrawn
)
SELECT u, f, p, r, at, on_time, backfilled, at IS NULL
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[], $6::boolean[],
    $7::boolean[]
) AS t (u, f, p, r, at, on_time, backfilled)
ON CONFLICT (unit, form, period) DO UPDATE
SET
    revision = excluded.revision,
    first_received_at = excluded.first_received_at,
    on_time = excluded.on_time,
    backfilled = excluded.backfilled,
    withdrawn = excluded.withdrawn
WHERE excluded.revision > stored.revision

-- name: save_duties
INSERT INTO duty (unit, form, period, province, committee, due_at, deadline_rule, state, incarnation)
SELECT *
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
    $6::timestamptz[], $7::text[], $8::text[], $9::integer[]
)
ON CONFLICT (unit, form, period) DO UPDATE
SET
    province = excluded.province,
    committee = excluded.committee,
    due_at = excluded.due_at,
    deadline_rule = excluded.deadline_rule,
    state = excluded.state,
    incarnation = excluded.incarnation

-- name: save_due_changes
INSERT INTO due_change (unit, form, period, was, becomes, rule, because, document, at)
SELECT *
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
    $6::text[], $7::text[], $8::text[], $9::timestamptz[]
)

-- name: enter_stage
INSERT INTO stage (unit, form, period, stage, recorded_at)
SELECT u, f, p, $4, $5 FROM unnest($1::text[], $2::text[], $3::text[]) AS t (u, f, p)
ON CONFLICT DO NOTHING

-- name: count_met
SELECT count(*) FROM duty
WHERE form = $1 AND period = $2 AND state = 'met' AND unit = ANY($3::text[])
