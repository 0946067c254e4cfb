-- {live}, {new} and {old} are schemas, put in by name and quoted.

-- name: live_positions
SELECT topic, partition, next_offset FROM {live}.position WHERE stream = $1

-- name: stop_writers
LOCK TABLE {live}.position, {live}.outbox, {live}.dirty_total, {live}.dead_letter,
    {live}.directory_incoming, {live}.acknowledged
IN ACCESS EXCLUSIVE MODE

-- name: stop_readers
LOCK TABLE {live}.directory_revision, {live}.directory_entity, {live}.report, {live}.total
IN ACCESS EXCLUSIVE MODE

-- name: compare
CREATE TEMPORARY TABLE different_report ON COMMIT DROP AS
SELECT 'only in the live ledger' AS side, l.*
FROM (SELECT * FROM {live}.report EXCEPT SELECT * FROM {new}.report) AS l
UNION ALL
SELECT 'only in the rebuilt one' AS side, n.*
FROM (SELECT * FROM {new}.report EXCEPT SELECT * FROM {live}.report) AS n;

CREATE TEMPORARY TABLE different_total ON COMMIT DROP AS
SELECT 'only in the live ledger' AS side, l.*
FROM (SELECT * FROM {live}.total EXCEPT SELECT * FROM {new}.total) AS l
UNION ALL
SELECT 'only in the rebuilt one' AS side, n.*
FROM (SELECT * FROM {new}.total EXCEPT SELECT * FROM {live}.total) AS n

-- name: how_many
SELECT (SELECT count(*) FROM {new}.report) AS reports,
       (SELECT count(*) FROM {new}.total) AS totals,
       (SELECT count(*) FROM different_report) + (SELECT count(*) FROM different_total)
           AS differences

-- name: examples
(SELECT 'report ' || d::text AS example
 FROM different_report AS d ORDER BY unit, form, period, revision, side LIMIT $1)
UNION ALL
(SELECT 'total ' || d::text
 FROM different_total AS d ORDER BY area, form, period, unit_type, side LIMIT $1)

-- name: touched
SELECT province AS area, form, period FROM different_report
UNION
SELECT area, form, period FROM different_total

-- name: carry_over
TRUNCATE {new}.position, {new}.outbox, {new}.acknowledged, {new}.dirty_total, {new}.dead_letter,
    {new}.accepted_loss, {new}.migration, {new}.directory_entity, {new}.directory_incoming, {new}.directory_revision;
INSERT INTO {new}.position SELECT * FROM {live}.position;
INSERT INTO {new}.outbox OVERRIDING SYSTEM VALUE SELECT * FROM {live}.outbox;
INSERT INTO {new}.acknowledged SELECT * FROM {live}.acknowledged;
INSERT INTO {new}.accepted_loss OVERRIDING SYSTEM VALUE SELECT * FROM {live}.accepted_loss;
SELECT setval('{new}.accepted_loss_id_seq', last_value, is_called)
FROM {live}.accepted_loss_id_seq;
SELECT setval('{new}.outbox_id_seq', last_value, is_called) FROM {live}.outbox_id_seq;
INSERT INTO {new}.dirty_total SELECT * FROM {live}.dirty_total;
INSERT INTO {new}.dead_letter SELECT * FROM {live}.dead_letter;
INSERT INTO {new}.directory_entity SELECT * FROM {live}.directory_entity;
INSERT INTO {new}.directory_incoming SELECT * FROM {live}.directory_incoming;
INSERT INTO {new}.directory_revision OVERRIDING SYSTEM VALUE
SELECT * FROM {live}.directory_revision;
SELECT setval('{new}.directory_revision_id_seq', last_value, is_called)
FROM {live}.directory_revision_id_seq;
INSERT INTO {new}.snapshot SELECT * FROM {live}.snapshot;
INSERT INTO {new}.restatement SELECT * FROM {live}.restatement;
INSERT INTO {new}.announced_total SELECT * FROM {live}.announced_total;
INSERT INTO {new}.migration SELECT * FROM {live}.migration

-- name: swap
ALTER SCHEMA {live} RENAME TO {old};
ALTER SCHEMA {new} RENAME TO {live}

-- name: drop_leftovers
DROP SCHEMA IF EXISTS {new} CASCADE;
DROP SCHEMA IF EXISTS {old} CASCADE

-- name: drop_old
DROP SCHEMA {old} CASCADE
