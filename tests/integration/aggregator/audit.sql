-- name: recomputed
WITH parts AS (
    SELECT area, r.form, r.period, r.unit_type, position,
           count(*) AS reports,
           count(*) FILTER (WHERE r.on_time) AS on_time,
           count(*) FILTER (WHERE NOT r.on_time) AS late,
           coalesce(sum(figure), 0) AS total,
           count(figure) AS reporting,
           count(figure) FILTER (WHERE position - 1 = ANY(r.at_least)) AS at_least,
           count(figure) FILTER (WHERE position - 1 = ANY(r.about)) AS about,
           count(figure) FILTER (WHERE position - 1 = ANY(r.at_most)) AS at_most
    FROM report AS r
    CROSS JOIN unnest(r.areas) AS area
    CROSS JOIN unnest(r.figures) WITH ORDINALITY AS f (figure, position)
    WHERE r.superseded_at IS NULL
    GROUP BY 1, 2, 3, 4, 5
)
SELECT area, form, period, unit_type,
       array_agg(total ORDER BY position)::bigint[] AS sums,
       array_agg(reporting ORDER BY position)::integer[] AS reporting,
       CASE WHEN max(at_least) > 0 THEN array_agg(at_least ORDER BY position)::integer[] END AS at_least,
       CASE WHEN max(about) > 0 THEN array_agg(about ORDER BY position)::integer[] END AS about,
       CASE WHEN max(at_most) > 0 THEN array_agg(at_most ORDER BY position)::integer[] END AS at_most,
       max(reports)::integer AS reports,
       max(on_time)::integer AS on_time,
       max(late)::integer AS late
FROM parts
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4

-- name: kept
SELECT area, form, period, unit_type, sums, reporting, at_least, about, at_most, reports, on_time, late
FROM total
ORDER BY 1, 2, 3, 4
