-- name: concerning
SELECT parked.*, findings::text AS findings_text FROM parked
WHERE (source, event_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
    OR (unit, form, period) IN (SELECT * FROM unnest($3::text[], $4::text[], $5::text[]))
ORDER BY id

-- name: after
SELECT parked.*, findings::text AS findings_text FROM parked WHERE id > $1 ORDER BY id LIMIT $2

-- name: reasons
SELECT reason, count(*) AS count FROM parked GROUP BY reason ORDER BY reason

-- name: units_of_parked
SELECT source, array_agg(DISTINCT unit ORDER BY unit) AS units, min(received_at) AS since
FROM parked WHERE unit IS NOT NULL GROUP BY source ORDER BY source

-- name: park
INSERT INTO parked (
    source, event_id, content_hash, kind, body, received_at, reason, detail, findings,
    unit, form, period, time_required, revision
)
SELECT source, event_id, content_hash, kind, body, received_at, reason, detail, findings,
    unit, form, period, time_required, revision
FROM unnest(
    $1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[],
    $8::text[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::integer[]
) WITH ORDINALITY AS u (
    source, event_id, content_hash, kind, body, received_at, reason, detail, findings,
    unit, form, period, time_required, revision, place
)
ORDER BY place
ON CONFLICT (source, event_id, content_hash) DO UPDATE SET
    reason = excluded.reason,
    detail = excluded.detail,
    findings = excluded.findings

-- name: unpark
DELETE FROM parked USING unnest($1::text[], $2::text[], $3::bytea[]) AS u (source, event_id, hash)
WHERE (parked.source, parked.event_id, parked.content_hash) = (u.source, u.event_id, u.hash)

-- name: find
SELECT parked.*, findings::text AS findings_text FROM parked
WHERE (source, event_id) = ($1, $2) ORDER BY id LIMIT 1
