-- How much of the openings came from areas that ended without a successor, by area and cell.
ALTER TABLE handover ADD COLUMN from_areas jsonb NOT NULL DEFAULT '{}';
