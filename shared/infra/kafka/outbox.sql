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
