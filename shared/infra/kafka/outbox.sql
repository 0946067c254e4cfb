-- name: write_outbox
INSERT INTO outbox (topic, partition, key, headers, body, after_topic)
SELECT topic, partition, key, string_to_array(headers, E'\n'), body, after_topic
FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::text[], $5::bytea[], $6::text[])
    WITH ORDINALITY AS u (topic, partition, key, headers, body, after_topic, place)
ORDER BY place

-- One step along the primary key for each topic, however many rows it has.
-- name: topics
WITH RECURSIVE waiting (topic) AS (
    (SELECT topic FROM outbox ORDER BY topic LIMIT 1)
    UNION ALL
    SELECT (SELECT o.topic FROM outbox AS o WHERE o.topic > w.topic ORDER BY o.topic LIMIT 1)
    FROM waiting AS w WHERE w.topic IS NOT NULL
)
SELECT topic FROM waiting WHERE topic IS NOT NULL

-- A table that fills and empties has no useful statistics: guessing few rows, the planner would
-- fetch and sort all of a topic for each pass.
-- name: by_index
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_sort = off

-- Up to the first row whose barrier still stands, so that none overtakes another of its topic.
-- name: take
SELECT id, topic, partition, key, headers, body
FROM (
    SELECT id, topic, partition, key, headers, body,
        sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS bytes_before
    FROM outbox
    WHERE topic = $1 AND id < coalesce(
        (
            SELECT b.id FROM outbox AS b
            WHERE b.topic = $1 AND b.after_topic IS NOT NULL AND EXISTS (
                SELECT FROM outbox AS a WHERE a.topic = b.after_topic AND a.id < b.id
            )
            ORDER BY b.id LIMIT 1
        ),
        9223372036854775807
    )
    ORDER BY id LIMIT $2
) AS oldest
WHERE bytes_before < $3
ORDER BY id

-- name: delete
DELETE FROM outbox WHERE topic = $1 AND id BETWEEN $2 AND $3 AND id = ANY($4::bigint[])

-- name: acknowledge
INSERT INTO acknowledged (topic, partition, next_offset)
SELECT $1, p, o FROM unnest($2::integer[], $3::bigint[]) AS u (p, o)
ORDER BY p
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset

-- name: acknowledged
SELECT partition, next_offset FROM acknowledged WHERE topic = $1
