-- A figure may be "at most" a number (gần, dưới, không quá), as it may be "more than" one.
ALTER TABLE report ADD COLUMN at_most integer[];
ALTER TABLE total ADD COLUMN at_most integer[];
