-- name: stop_writers
LOCK TABLE dirty_total IN ROW EXCLUSIVE MODE

-- name: stop_counting
LOCK TABLE report, total IN SHARE MODE

-- name: now
SELECT now()

-- name: one
SELECT closed_at, checksum, signed
FROM snapshot
WHERE (unit, form, period, document) = ($1, $2, $3, $4)

-- name: add
INSERT INTO snapshot (unit, form, period, document, province, closed_at, checksum, signed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: of_unit
SELECT document, closed_at, checksum, signed, form, period
FROM snapshot
WHERE unit = $1 AND ($2 = '' OR form = $2) AND ($3 = '' OR period = $3)
ORDER BY form, period, closed_at, document

-- name: restatements_of_unit
SELECT form, period, document, published_at, event
FROM restatement
WHERE unit = $1 AND ($2 = '' OR form = $2) AND ($3 = '' OR period = $3)
ORDER BY form, period, document, number

-- name: in_force
SELECT DISTINCT ON (s.unit, s.form, s.period)
       s.unit, s.form, s.period, s.document, s.province, s.closed_at, s.checksum, s.signed,
       coalesce(last.number, 0) AS number, last.state, last.event
FROM unnest($1::text[], $2::text[], $3::text[]) AS k (province, form, period)
JOIN snapshot AS s USING (province, form, period)
LEFT JOIN LATERAL (
    SELECT number, state, event FROM restatement AS r
    WHERE (r.unit, r.form, r.period, r.document) = (s.unit, s.form, s.period, s.document)
    ORDER BY number DESC LIMIT 1
) AS last ON true
ORDER BY s.unit, s.form, s.period, s.closed_at DESC, s.document

-- name: save
INSERT INTO restatement (unit, form, period, document, number, state, event)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[]
)
ON CONFLICT DO NOTHING
