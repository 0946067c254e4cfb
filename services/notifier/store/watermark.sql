-- name: now
SELECT clock_timestamp()

-- name: read
SELECT now() AS now, w.watermark, h.unit, h.source, h.since
FROM (SELECT) AS always
LEFT JOIN watermark AS w ON true
LEFT JOIN held_unit AS h ON true

-- name: keep
INSERT INTO watermark AS stored (watermark) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET watermark = excluded.watermark
-- One that was believed before the clock was compared must not stay for ever.
WHERE excluded.watermark >= stored.watermark OR stored.watermark > $2
RETURNING true

-- name: free
DELETE FROM held_unit WHERE unit <> ALL($1::text[])

-- name: hold
INSERT INTO held_unit AS stored (unit, source, since)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT (unit) DO UPDATE SET source = excluded.source, since = excluded.since
WHERE (stored.source, stored.since) <> (excluded.source, excluded.since)
