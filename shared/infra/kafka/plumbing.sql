-- name: first_positions
INSERT INTO position (stream, topic, partition, next_offset)
SELECT $1, t, p, 0 FROM unnest($2::text[], $3::integer[]) AS u (t, p)
ON CONFLICT DO NOTHING

-- name: lock_positions
SELECT topic, partition, next_offset, unreadable_in_a_row
FROM position JOIN unnest($2::text[], $3::integer[]) AS u (topic, partition) USING (topic, partition)
WHERE stream = $1
ORDER BY topic, partition
FOR UPDATE OF position

-- name: move_positions
UPDATE position AS s
SET next_offset = u.o, unreadable_in_a_row = u.n, moved_at = now()
FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::integer[]) AS u (t, p, o, n)
WHERE s.stream = $1 AND s.topic = u.t AND s.partition = u.p

-- name: positions
SELECT topic, partition, next_offset, unreadable_in_a_row FROM position WHERE stream = $1

-- name: write_dead_letters
INSERT INTO dead_letter (topic, partition, "offset", reason, key, value, appended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: write_outbox
INSERT INTO outbox (topic, partition, key, headers, body)
SELECT topic, partition, key, string_to_array(headers, E'\n'), body
FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::text[], $5::bytea[])
    WITH ORDINALITY AS u (topic, partition, key, headers, body, place)
ORDER BY place

-- name: take_outbox
SELECT id, topic, partition, key, headers, body FROM outbox ORDER BY id LIMIT $1

-- name: delete_outbox
DELETE FROM outbox WHERE id = ANY($1::bigint[])
