-- name: keep
INSERT INTO dead_letter (topic, partition, "offset", reason, key, value, appended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: newest
SELECT recorded_at, topic || '/' || partition || '/' || "offset" AS place, reason,
       encode(substring(value FROM 1 FOR 60), 'escape') AS beginning
FROM dead_letter ORDER BY recorded_at DESC LIMIT $1

-- name: open_breakers
SELECT stream, topic, partition FROM position WHERE unreadable_in_a_row >= $1

-- name: reset_breakers
UPDATE position SET unreadable_in_a_row = 0 WHERE unreadable_in_a_row >= $1
