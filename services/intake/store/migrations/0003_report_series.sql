-- The lock on all reports of a unit by one form is named like its type, ReportSeries.
ALTER TABLE dossier RENAME TO report_series;
ALTER TABLE report_series RENAME CONSTRAINT dossier_pkey TO report_series_pkey;
