-- A pass of the relay that was not committed may have put older records behind newer ones: then
-- the restatements of a total are published again too, although they have not changed.
ALTER TABLE dirty_total ADD COLUMN again boolean NOT NULL DEFAULT false;
