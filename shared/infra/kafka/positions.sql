-- name: stored_positions
SELECT stream, topic, partition, next_offset, cluster_id, topic_id,
       newest_offset, newest_timestamp_ms, newest_checksum, held_because, held_since
FROM position WHERE stream = $1 OR $1 IS NULL
ORDER BY stream, topic, partition

-- name: first_position
INSERT INTO position (stream, topic, partition, next_offset) VALUES ($1, $2, $3, 0)
ON CONFLICT DO NOTHING

-- name: remember_log
UPDATE position SET cluster_id = $5, topic_id = $6
WHERE stream = $1 AND topic = $2 AND partition = $3 AND next_offset >= $4 AND topic_id IS NULL
  AND held_because IS NULL

-- name: hold
UPDATE position SET held_because = $6, held_since = now()
WHERE stream = $1 AND topic = $2 AND partition = $3 AND next_offset = $4
  AND topic_id IS NOT DISTINCT FROM $5 AND held_because IS NULL

-- name: accept_loss
WITH held AS (
    SELECT * FROM position
    WHERE stream = $1 AND topic = $2 AND partition = $3 AND held_because IS NOT NULL
    FOR UPDATE
), recorded AS (
    INSERT INTO accepted_loss (
        accepted_by, document, stream, topic, partition, because, held_since,
        cluster_id, topic_id, next_offset, new_topic_id, new_next_offset
    )
    SELECT $7, $8, stream, topic, partition, held_because, held_since,
           cluster_id, topic_id, next_offset, $5, $6
    FROM held
)
UPDATE position AS p
SET next_offset = $6, cluster_id = $4, topic_id = $5,
    newest_offset = NULL, newest_timestamp_ms = NULL, newest_checksum = NULL,
    unreadable = 0, unreadable_since = NULL,
    breaker_openings = 0, breaker_opened_at = NULL, breaker_closes_at = NULL,
    held_because = NULL, held_since = NULL, moved_at = now()
FROM held WHERE (p.stream, p.topic, p.partition) = (held.stream, held.topic, held.partition)
