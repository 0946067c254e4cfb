-- name: keep
INSERT INTO dead_letter (topic, partition, "offset", reason, key, value, appended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: newest
SELECT recorded_at, topic || '/' || partition || '/' || "offset" AS place, reason,
       encode(substring(value FROM 1 FOR 60), 'escape') AS beginning
FROM dead_letter ORDER BY recorded_at DESC LIMIT $1

-- name: open_breakers
SELECT stream, topic, partition FROM position
WHERE breaker_opened_at IS NOT NULL AND (breaker_closes_at IS NULL OR breaker_closes_at > now())

-- name: reset_breakers
UPDATE position
SET unreadable = 0, unreadable_since = now(), breaker_openings = greatest(breaker_openings, $1),
    breaker_opened_at = NULL, breaker_closes_at = NULL
WHERE breaker_opened_at IS NOT NULL
