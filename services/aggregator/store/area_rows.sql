-- name: totals_of_areas
SELECT area, form, period, unit_type, sums, reporting, at_least, about, at_most, reports, on_time, late
FROM total
WHERE area = ANY($1::text[]) AND form = ANY($2::text[]) AND period = ANY($3::text[])

-- name: reports_of_units
SELECT unit, form, period, unit_type, figures, at_least, about, at_most, on_time
FROM report
WHERE unit = ANY($1::text[]) AND form = ANY($2::text[]) AND period = ANY($3::text[])
  AND superseded_at IS NULL AND figures IS NOT NULL

-- name: reports_in_areas
SELECT form, period, array_positions(figures, NULL) AS missing, array_agg(unit) AS units
FROM report
WHERE form = ANY($2::text[]) AND period = ANY($3::text[]) AND province = ANY($4::text[])
  AND areas && $1::text[]
  AND superseded_at IS NULL AND figures IS NOT NULL
GROUP BY form, period, missing

-- Whole provinces, as nearly always: without a look at every path, and with a fair estimate of how
-- many rows there are, which saves sorting them.
-- name: reports_in_provinces
SELECT form, period, array_positions(figures, NULL) AS missing, array_agg(unit) AS units
FROM report
WHERE form = ANY($1::text[]) AND period = ANY($2::text[]) AND province = ANY($3::text[])
  AND superseded_at IS NULL AND figures IS NOT NULL
GROUP BY form, period, missing

-- name: receipts_in_areas
SELECT form, unit, on_time, first_received_at, received_at, due_at
FROM report
WHERE form = ANY($2::text[]) AND period = ANY($3::text[]) AND province = ANY($4::text[])
  AND areas && $1::text[]
  AND superseded_at IS NULL AND figures IS NOT NULL

-- name: receipts_of_units
SELECT form, unit, on_time, first_received_at, received_at, due_at
FROM report
WHERE unit = ANY($1::text[]) AND form = ANY($2::text[]) AND period = ANY($3::text[])
  AND superseded_at IS NULL AND figures IS NOT NULL
