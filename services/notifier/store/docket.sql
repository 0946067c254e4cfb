-- name: moment
SELECT now() AS now, (SELECT watermark FROM watermark) AS watermark

-- name: raise_watermark
INSERT INTO watermark AS standing (watermark) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET watermark = excluded.watermark
WHERE excluded.watermark > standing.watermark

-- name: share
SELECT pg_advisory_xact_lock_shared($1)

-- name: reserve
SELECT pg_advisory_xact_lock($1)

-- name: entries
SELECT
    s.unit, s.form, s.period,
    f.revision, f.first_received_at, f.on_time,
    d.province, d.committee, d.due_at, d.deadline_rule, d.state, d.turn
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
LEFT JOIN filing AS f USING (unit, form, period)
LEFT JOIN duty AS d USING (unit, form, period)

-- name: due
SELECT unit, form, period FROM duty
WHERE state = 'open' AND due_at < $1
ORDER BY due_at
LIMIT $2

-- name: unmet
SELECT unit, form, period, province, committee, due_at, deadline_rule, state, turn FROM duty
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

-- name: file
INSERT INTO filing AS standing (
    unit, form, period, revision, first_received_at, on_time, withdrawn
)
SELECT u, f, p, r, at, on_time, at IS NULL
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[], $6::boolean[]
) AS t (u, f, p, r, at, on_time)
ON CONFLICT (unit, form, period) DO UPDATE
SET
    revision = excluded.revision,
    first_received_at = excluded.first_received_at,
    on_time = excluded.on_time,
    withdrawn = excluded.withdrawn
WHERE excluded.revision > standing.revision

-- name: put_duties
INSERT INTO duty (unit, form, period, province, committee, due_at, deadline_rule, state, turn)
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
    turn = excluded.turn

-- name: log_due_changes
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

-- name: told
SELECT i.unit, i.form, i.period, i.recipient, i.channel
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
JOIN notice_item AS i USING (unit, form, period)
JOIN duty AS d USING (unit, form, period)
JOIN notice AS n USING (notice_id)
WHERE
    i.stage = $4 AND i.left_out_at IS NULL
    AND (n.state <> 'sent' OR i.due_at = d.due_at)

-- name: collecting
SELECT n.notice_id, n.committee, n.recipient, n.channel
FROM notice AS n
JOIN unnest($1::text[], $2::text[], $3::text[]) AS r (committee, recipient, channel)
    USING (committee, recipient, channel)
WHERE n.state = 'planned' AND n.lease_until IS NULL AND NOT n.doubtful
ORDER BY n.created_at
FOR UPDATE OF n

-- name: last_sent
SELECT n.committee, n.recipient, n.channel, max(n.sent_at) AS sent_at
FROM notice AS n
JOIN unnest($1::text[], $2::text[], $3::text[]) AS r (committee, recipient, channel)
    USING (committee, recipient, channel)
WHERE n.state = 'sent'
GROUP BY n.committee, n.recipient, n.channel

-- name: plan_notices
INSERT INTO notice (notice_id, committee, recipient, channel, send_after)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
-- Called off because its recipient had no role then, and now has one again.
ON CONFLICT (notice_id) DO UPDATE SET state = 'planned', send_after = excluded.send_after
WHERE notice.state = 'cancelled'

-- name: plan_items
INSERT INTO notice_item (notice_id, unit, form, period, due_at, stage, recipient, channel)
SELECT *
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
    $6::text[], $7::text[], $8::text[]
)

-- name: anything_to_send
SELECT EXISTS (
    SELECT FROM notice
    WHERE state = 'planned' AND send_after <= now()
        AND (lease_until IS NULL OR lease_until <= now())
)

-- name: claimable
SELECT notice_id
FROM notice
WHERE state = 'planned' AND send_after <= now() AND (lease_until IS NULL OR lease_until <= now())
ORDER BY send_after
LIMIT $1
FOR UPDATE SKIP LOCKED

-- name: log_lost_attempts
INSERT INTO delivery (notice_id, attempt, outcome, detail)
SELECT notice_id, attempts, 'unknown', 'the attempt never ended; the message may have arrived'
FROM notice
WHERE notice_id = ANY($1::text[]) AND lease_until IS NOT NULL

-- name: lease
UPDATE notice
SET
    attempts = attempts + 1,
    doubtful = doubtful OR lease_until IS NOT NULL,
    lease_until = now() + $2::interval
WHERE notice_id = ANY($1::text[])
RETURNING notice_id, committee, recipient, channel, attempts

-- name: items
SELECT
    i.notice_id, d.unit, d.form, d.period,
    d.province, d.committee, d.due_at, d.deadline_rule, d.state, d.turn
FROM notice_item AS i
JOIN duty AS d USING (unit, form, period)
WHERE i.notice_id = ANY($1::text[]) AND i.left_out_at IS NULL

-- name: count_met
SELECT count(*) FROM duty
WHERE form = $1 AND period = $2 AND state = 'met' AND unit = ANY($3::text[])

-- name: leave_out
UPDATE notice_item AS i
SET left_out_at = now()
FROM unnest($2::text[], $3::text[], $4::text[]) AS s (unit, form, period)
WHERE
    i.notice_id = $1 AND i.left_out_at IS NULL
    AND (i.unit, i.form, i.period) = (s.unit, s.form, s.period)

-- name: call_off
UPDATE notice SET state = 'cancelled', lease_until = NULL WHERE notice_id = $1

-- name: write_down
UPDATE notice
SET message_id = coalesce(message_id, $2), subject = $3, body = $4
WHERE notice_id = $1
RETURNING message_id

-- name: write_down_due
UPDATE notice_item AS i
SET due_at = d.due_at
FROM duty AS d
WHERE
    i.notice_id = $1 AND i.left_out_at IS NULL AND i.due_at <> d.due_at
    AND (i.unit, i.form, i.period) = (d.unit, d.form, d.period)

-- name: log_attempt
INSERT INTO delivery (notice_id, attempt, outcome, detail) VALUES ($1, $2, $3, $4)

-- name: settle
UPDATE notice
SET
    state = $3,
    sent_at = CASE WHEN $3 = 'sent' THEN now() END,
    lease_until = NULL,
    doubtful = doubtful OR $4,
    send_after = now() + $5::interval
WHERE notice_id = $1 AND attempts = $2 AND state = 'planned'
RETURNING now()
