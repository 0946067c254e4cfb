-- name: write_outbox
INSERT INTO outbox (topic, partition, key, headers, body, after_topic)
SELECT topic, partition, key, string_to_array(headers, E'\n'), body, after_topic
FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::text[], $5::bytea[], $6::text[])
    WITH ORDINALITY AS u (topic, partition, key, headers, body, after_topic, place)
ORDER BY place

-- name: take_outbox
SELECT id, topic, partition, key, headers, body FROM outbox AS o
WHERE after_topic IS NULL OR NOT EXISTS (
    SELECT FROM outbox AS before WHERE before.topic = o.after_topic AND before.id < o.id
)
ORDER BY id LIMIT $1

-- name: delete_outbox
DELETE FROM outbox WHERE id = ANY($1::bigint[])
