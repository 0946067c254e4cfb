-- New versions of all forms have further cells behind the old ones. Rows of the version before become
-- as long: nobody has reported these figures.
UPDATE report AS r SET figures = r.figures || array_fill(NULL::bigint, ARRAY[n.more])
FROM (VALUES
    ('F01', 38, 31), ('F02', 15, 2), ('F03', 15, 1), ('F04', 28, 7),
    ('F05', 40, 14), ('F06', 30, 17), ('F07', 8, 1)
) AS n (form, width, more)
WHERE r.form = n.form AND cardinality(r.figures) = n.width;

UPDATE total AS t
SET sums = t.sums || array_fill(0::bigint, ARRAY[n.more]),
    reporting = t.reporting || array_fill(0, ARRAY[n.more]),
    at_least = CASE WHEN t.at_least IS NOT NULL THEN t.at_least || array_fill(0, ARRAY[n.more]) END,
    about = CASE WHEN t.about IS NOT NULL THEN t.about || array_fill(0, ARRAY[n.more]) END,
    at_most = CASE WHEN t.at_most IS NOT NULL THEN t.at_most || array_fill(0, ARRAY[n.more]) END
FROM (VALUES
    ('F01', 38, 31), ('F02', 15, 2), ('F03', 15, 1), ('F04', 28, 7),
    ('F05', 40, 14), ('F06', 30, 17), ('F07', 8, 1)
) AS n (form, width, more)
WHERE t.form = n.form AND cardinality(t.sums) = n.width;
