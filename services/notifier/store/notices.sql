-- name: named
SELECT i.unit, i.form, i.period, i.recipient, i.channel
FROM unnest($1::text[], $2::text[], $3::text[]) AS s (unit, form, period)
JOIN notice_item AS i USING (unit, form, period)
JOIN duty AS d USING (unit, form, period)
JOIN notice AS n USING (notice_id)
WHERE
    i.stage = $4 AND i.left_out_at IS NULL
    AND (n.state <> 'sent' OR i.due_at = d.due_at)

-- name: open_digests
SELECT n.notice_id, n.committee, n.recipient, n.channel, n.state = 'failed' AS failed
FROM notice AS n
JOIN unnest($1::text[], $2::text[], $3::text[]) AS r (committee, recipient, channel)
    USING (committee, recipient, channel)
WHERE n.state IN ('planned', 'failed') AND n.lease_until IS NULL AND NOT n.doubtful
ORDER BY n.created_at
FOR UPDATE OF n

-- name: earlier
SELECT
    n.committee, n.recipient, n.channel,
    max(n.sent_at) AS last_sent_at,
    count(*)::integer AS notices
FROM notice AS n
JOIN unnest($1::text[], $2::text[], $3::text[]) AS r (committee, recipient, channel)
    USING (committee, recipient, channel)
GROUP BY n.committee, n.recipient, n.channel

-- name: save_notices
INSERT INTO notice (notice_id, committee, recipient, channel, send_after)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
-- A failed one takes a further item.
ON CONFLICT (notice_id) DO UPDATE
SET send_after = excluded.send_after, attempts_before = notice.attempts
WHERE notice.state = 'failed'

-- name: save_items
INSERT INTO notice_item (notice_id, unit, form, period, due_at, stage, recipient, channel)
SELECT *
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
    $6::text[], $7::text[], $8::text[]
)

-- name: anything_to_send
SELECT EXISTS (
    SELECT FROM notice
    WHERE state IN ('planned', 'failed') AND send_after <= now()
        AND (lease_until IS NULL OR lease_until <= now())
)

-- name: claimable
SELECT notice_id
FROM notice
WHERE
    state IN ('planned', 'failed') AND send_after <= now()
    AND (lease_until IS NULL OR lease_until <= now())
ORDER BY send_after
LIMIT $1
FOR UPDATE SKIP LOCKED

-- name: log_lost_attempts
INSERT INTO delivery_attempt (notice_id, attempt, outcome, detail)
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
RETURNING
    notice_id, committee, recipient, channel, state, attempts,
    attempts - attempts_before AS attempt_of_plan

-- name: claimed_duties
SELECT
    i.notice_id, d.unit, d.form, d.period,
    d.province, d.committee, d.due_at, d.deadline_rule, d.state, d.incarnation
FROM notice_item AS i
JOIN duty AS d USING (unit, form, period)
WHERE i.notice_id = ANY($1::text[]) AND i.left_out_at IS NULL

-- name: leave_out
UPDATE notice_item AS i
SET left_out_at = now()
FROM unnest($2::text[], $3::text[], $4::text[]) AS s (unit, form, period)
WHERE
    i.notice_id = $1 AND i.left_out_at IS NULL
    AND (i.unit, i.form, i.period) = (s.unit, s.form, s.period)

-- name: postpone
UPDATE notice
SET lease_until = NULL, attempts = attempts - 1, send_after = now() + $2::interval
WHERE notice_id = $1

-- name: split
WITH part AS (
    INSERT INTO notice (notice_id, committee, recipient, channel, send_after)
    SELECT $2, committee, recipient, channel, now() + $3::interval FROM notice WHERE notice_id = $1
    RETURNING notice_id
)
UPDATE notice_item AS i
SET notice_id = part.notice_id
FROM part, unnest($4::text[], $5::text[], $6::text[]) AS s (unit, form, period)
WHERE
    i.notice_id = $1 AND i.left_out_at IS NULL
    AND (i.unit, i.form, i.period) = (s.unit, s.form, s.period)

-- name: cancel
UPDATE notice SET state = 'cancelled', lease_until = NULL WHERE notice_id = $1

-- name: save_due_instants
UPDATE notice_item AS i
SET due_at = d.due_at
FROM duty AS d
WHERE
    i.notice_id = $1 AND i.left_out_at IS NULL AND i.due_at <> d.due_at
    AND (i.unit, i.form, i.period) = (d.unit, d.form, d.period)

-- name: save_mail
UPDATE notice
SET message_id = coalesce(message_id, $2), subject = $3, body = $4
WHERE notice_id = $1
RETURNING message_id

-- name: log_attempt
INSERT INTO delivery_attempt (notice_id, attempt, outcome, detail) VALUES ($1, $2, $3, $4)

-- name: end_attempt
UPDATE notice
SET
    state = $3,
    sent_at = CASE WHEN $3 = 'sent' THEN now() END,
    lease_until = NULL,
    doubtful = doubtful OR $4,
    send_after = now() + $5::interval
WHERE notice_id = $1 AND attempts = $2 AND state IN ('planned', 'failed')
RETURNING now()

-- name: failed
SELECT
    n.notice_id, n.committee, n.recipient, n.channel,
    EXISTS (
        SELECT FROM notice_item AS i
        JOIN duty AS d USING (unit, form, period)
        WHERE i.notice_id = n.notice_id AND i.left_out_at IS NULL AND d.state = 'overdue'
    ) AS anything_to_say
FROM notice AS n
WHERE n.state = 'failed'
ORDER BY n.created_at, n.notice_id

-- name: retry
UPDATE notice
SET send_after = now(), attempts_before = attempts
WHERE
    state = 'failed' AND lease_until IS NULL AND send_after > now()
    AND notice_id = ANY($1::text[])
RETURNING notice_id

-- name: retry_after_success
UPDATE notice
SET send_after = now() + $3::interval, attempts_before = attempts
WHERE
    state = 'failed' AND lease_until IS NULL AND (recipient, channel) = ($1, $2)
    AND send_after > now() + $3::interval
