-- name: lock_tables
LOCK TABLE report, total IN ACCESS SHARE MODE

-- name: periods_of_units
SELECT DISTINCT period FROM total WHERE area = ANY($1::text[])
UNION
SELECT DISTINCT period FROM report
WHERE unit = ANY($1::text[]) AND superseded_at IS NULL AND figures IS NOT NULL

-- name: watermark
SELECT now() AS as_of,
       (SELECT max(newest.accepted_at)
        FROM unnest($1::text[]) AS p (province)
        CROSS JOIN LATERAL (
            SELECT accepted_at FROM report WHERE province = p.province
            ORDER BY accepted_at DESC LIMIT 1
        ) AS newest) AS watermark

-- The figure at one position of the reports of some areas, and of some units by themselves.
-- name: figures_of_cell
SELECT unit, figures[$1::integer] AS figure, at_least, about, at_most
FROM report
WHERE form = $2 AND period = $3 AND province = ANY($4::text[])
  AND (areas && $5::text[] OR unit = ANY($6::text[]))
  AND superseded_at IS NULL AND figures IS NOT NULL

-- name: revisions
SELECT revision, figures, at_least, about, at_most, received_at, first_received_at, accepted_at, due_at,
       on_time, source, submission_id, rejudged
FROM report
WHERE (unit, form, period) = ($1, $2, $3)
ORDER BY revision
