-- LATERAL keeps these look-ups one index search per key, also while the tables are new and small
-- and the planner knows nothing of them. Rows are locked in the order of the keys given.

-- name: slots
SELECT r.unit, r.form, r.period, r.revision, r.accepted_at, r.superseded_at IS NULL AS counts,
       r.areas, r.unit_type, r.on_time, r.at_least, r.about, r.at_most,
       CASE WHEN r.superseded_at IS NULL THEN r.figures END AS figures
FROM unnest($1::text[], $2::text[], $3::text[]) AS k (unit, form, period)
CROSS JOIN LATERAL (
    SELECT * FROM report AS it
    WHERE (it.unit, it.form, it.period) = (k.unit, k.form, k.period)
    ORDER BY it.revision
    FOR UPDATE
) AS r

-- name: totals
SELECT t.form, t.period, t.area, t.unit_type,
       t.sums, t.reporting, t.at_least, t.about, t.at_most, t.reports, t.on_time, t.late
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS k (form, period, area, unit_type)
CROSS JOIN LATERAL (
    SELECT * FROM total AS it
    WHERE (it.area, it.form, it.period, it.unit_type) = (k.area, k.form, k.period, k.unit_type)
    FOR UPDATE
) AS t

-- name: supersede
UPDATE report AS r SET superseded_at = m.at
FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[])
    AS m (unit, form, period, revision, at)
WHERE (r.unit, r.form, r.period, r.revision) = (m.unit, m.form, m.period, m.revision)

-- name: add_totals
INSERT INTO total (
    form, period, area, unit_type, sums, reporting, at_least, about, at_most, reports, on_time, late
)
SELECT n.form, n.period, n.area, n.unit_type, n.sums::bigint[], n.reporting::integer[],
       n.at_least::integer[], n.about::integer[], n.at_most::integer[],
       n.reports, n.on_time, n.late
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::integer[], $11::integer[], $12::integer[]
) AS n (
    form, period, area, unit_type, sums, reporting, at_least, about, at_most, reports, on_time, late
)

-- name: change_totals
UPDATE total AS t
SET sums = n.sums::bigint[], reporting = n.reporting::integer[],
    at_least = n.at_least::integer[], about = n.about::integer[], at_most = n.at_most::integer[],
    reports = n.reports, on_time = n.on_time, late = n.late
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::integer[], $11::integer[], $12::integer[]
) AS n (
    form, period, area, unit_type, sums, reporting, at_least, about, at_most, reports, on_time, late
)
WHERE (t.area, t.form, t.period, t.unit_type) = (n.area, n.form, n.period, n.unit_type)

-- name: remove_totals
DELETE FROM total AS t
USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (form, period, area, unit_type)
WHERE (t.area, t.form, t.period, t.unit_type) = (n.area, n.form, n.period, n.unit_type)
