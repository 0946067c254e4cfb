-- name: entities
SELECT key, content FROM directory_entity

-- name: incoming
SELECT key, content FROM directory_incoming

-- name: add_incoming
INSERT INTO directory_incoming (key, content)
SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (key) DO UPDATE SET content = excluded.content

-- name: clear_incoming
DELETE FROM directory_incoming

-- name: put_entities
INSERT INTO directory_entity (key, content)
SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (key) DO UPDATE SET content = excluded.content

-- name: take_entities
DELETE FROM directory_entity WHERE key = ANY($1::text[])

-- name: add_revision
INSERT INTO directory_revision
    (revision, base, entities, checksum, document, published_at, refused)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: in_force
SELECT revision, base, entities, checksum, document, published_at
FROM directory_revision WHERE refused IS NULL ORDER BY id DESC LIMIT 1

-- name: newest
SELECT revision, refused FROM directory_revision ORDER BY id DESC LIMIT 1

-- name: today
SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
