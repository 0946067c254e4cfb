-- name: hold_still
LOCK TABLE report, total IN ACCESS SHARE MODE

-- name: totals_of_area
SELECT form, period, sums, reporting, at_least, about, reports, on_time, late
FROM total
WHERE area = $1 AND form = ANY($2::text[]) AND period = ANY($3::text[])

-- name: reports_of_unit
SELECT form, period, figures, at_least, about, on_time
FROM report
WHERE unit = $1 AND form = ANY($2::text[]) AND period = ANY($3::text[])
  AND superseded_at IS NULL AND figures IS NOT NULL

-- name: filed
SELECT form, period, array_positions(figures, NULL) AS missing, array_agg(unit) AS units
FROM report
WHERE form = ANY($1::text[]) AND period = ANY($2::text[]) AND province = $3
  AND ($4 = ANY(areas) OR unit = $4)
  AND superseded_at IS NULL AND figures IS NOT NULL
GROUP BY form, period, missing

-- name: receipts
SELECT form, unit, on_time, first_received_at, due_at
FROM report
WHERE form = ANY($1::text[]) AND period = ANY($2::text[]) AND province = $3
  AND ($4 = ANY(areas) OR unit = $4)
  AND superseded_at IS NULL AND figures IS NOT NULL

-- name: periods_of_unit
SELECT DISTINCT period FROM total WHERE area = $1
UNION
SELECT DISTINCT period FROM report
WHERE unit = $1 AND superseded_at IS NULL AND figures IS NOT NULL

-- name: watermark
SELECT now() AS as_of,
       (SELECT accepted_at FROM report WHERE province = $1 ORDER BY accepted_at DESC LIMIT 1)
           AS watermark
