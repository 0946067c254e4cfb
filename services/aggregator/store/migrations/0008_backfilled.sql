-- History entered after the fact is neither on time nor late: on_time is NULL in a report that counts,
-- and such reports are in neither number of a total.
ALTER TABLE report
    DROP CONSTRAINT report_check,
    ADD CONSTRAINT report_check CHECK (
        figures IS NULL OR (due_at IS NOT NULL AND first_received_at IS NOT NULL)
    );
ALTER TABLE total
    DROP CONSTRAINT total_check,
    ADD CONSTRAINT total_check CHECK (on_time >= 0 AND late >= 0 AND on_time + late <= reports);
