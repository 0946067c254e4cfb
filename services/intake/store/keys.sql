-- name: add_key
INSERT INTO api_key (key_id, sha256, source) VALUES ($1, $2, $3)

-- name: key
SELECT sha256, source FROM api_key WHERE key_id = $1 AND revoked_at IS NULL

-- name: revoke_key
UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1 RETURNING source
