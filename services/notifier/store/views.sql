-- name: notices
SELECT
    notice_id, committee, recipient, channel, state, message_id, subject, body,
    created_at, send_after, sent_at
FROM notice AS n
WHERE
    ($1::text IS NULL OR committee = $1)
    AND (
        $2::text IS NULL
        OR EXISTS (
            SELECT FROM notice_item AS i
            WHERE i.notice_id = n.notice_id AND i.unit = $2 AND i.left_out_at IS NULL
        )
    )
    AND ($3::text IS NULL OR state = $3)
ORDER BY created_at DESC, notice_id
LIMIT $4

-- name: named_units
SELECT i.notice_id, i.unit, i.form, i.period, d.due_at
FROM notice_item AS i
JOIN duty AS d USING (unit, form, period)
WHERE i.notice_id = ANY($1::text[]) AND i.left_out_at IS NULL
ORDER BY d.due_at, i.form, i.period, i.unit

-- name: attempts
SELECT notice_id, attempt, at, outcome, detail
FROM delivery_attempt
WHERE notice_id = ANY($1::text[])
ORDER BY at, attempt

-- name: duties
SELECT
    d.unit, d.province, d.form, d.period, d.committee, d.due_at, d.deadline_rule, d.state,
    f.first_received_at,
    CASE
        WHEN d.state = 'met' AND NOT f.backfilled
            THEN coalesce(f.on_time, f.first_received_at < d.due_at)
    END AS on_time,
    d.state = 'met' AND coalesce(f.backfilled, false) AS backfilled
FROM duty AS d
LEFT JOIN filing AS f USING (unit, form, period)
WHERE
    ($1::text IS NULL OR d.unit = $1)
    AND ($2::text IS NULL OR d.form = $2)
    AND ($3::text IS NULL OR d.period = $3)
    AND ($4::text IS NULL OR d.state = $4)
ORDER BY d.due_at, d.unit, d.form, d.period
LIMIT $5

-- name: due_changes
SELECT c.unit, c.form, c.period, c.was, c.becomes, c.rule, c.because, c.document, c.at
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
JOIN due_change AS c USING (unit, form, period)
ORDER BY c.at, c.becomes
