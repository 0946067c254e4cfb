-- name: first_positions
INSERT INTO position (stream, topic, partition, next_offset)
SELECT $1, t, p, 0 FROM unnest($2::text[], $3::integer[]) AS u (t, p)
ON CONFLICT DO NOTHING

-- name: lock_positions
SELECT topic, partition, next_offset, cluster_id, topic_id, held_because, now(),
       unreadable, unreadable_since, breaker_openings, breaker_opened_at, breaker_closes_at
FROM position JOIN unnest($2::text[], $3::integer[]) AS u (topic, partition) USING (topic, partition)
WHERE stream = $1
ORDER BY topic, partition
FOR UPDATE OF position

-- name: move_positions
UPDATE position AS s
SET next_offset = u.o, moved_at = now(),
    unreadable = u.n, unreadable_since = u.us,
    breaker_openings = u.bn, breaker_opened_at = u.bo, breaker_closes_at = u.bc,
    cluster_id = u.c, topic_id = u.i,
    newest_offset = coalesce(u.no, newest_offset),
    newest_timestamp_ms = coalesce(u.nt, newest_timestamp_ms),
    newest_checksum = coalesce(u.nc, newest_checksum)
FROM unnest(
    $2::text[], $3::integer[], $4::bigint[],
    $5::integer[], $6::timestamptz[], $7::integer[], $8::timestamptz[], $9::timestamptz[],
    $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[]
) AS u (t, p, o, n, us, bn, bo, bc, c, i, no, nt, nc)
WHERE s.stream = $1 AND s.topic = u.t AND s.partition = u.p
