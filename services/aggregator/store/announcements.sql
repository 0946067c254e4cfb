-- name: take
SELECT province, form, period, version, again FROM dirty_total ORDER BY marked_at LIMIT $1

-- name: lock
SELECT version FROM dirty_total
JOIN unnest($1::text[], $2::text[], $3::text[]) AS s (province, form, period)
    USING (province, form, period)
ORDER BY province, form, period
FOR UPDATE OF dirty_total

-- name: forget
DELETE FROM dirty_total AS d
USING unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    AS s (province, form, period, version)
WHERE (d.province, d.form, d.period, d.version) = (s.province, s.form, s.period, s.version)

-- name: save_announced
INSERT INTO announced_total AS a (province, form, period, owing)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (province, form, period) DO UPDATE SET owing = excluded.owing
WHERE a.owing <> excluded.owing

-- name: announced
SELECT province, form, period, owing FROM announced_total

-- name: mark_dirty
INSERT INTO dirty_total AS d (province, form, period, again)
SELECT province, form, period, $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS n (province, form, period)
ON CONFLICT (province, form, period) DO UPDATE SET version = d.version + 1, again = d.again OR excluded.again
