"""The notifier's tables in PostgreSQL: SQL, rows, migrations."""
