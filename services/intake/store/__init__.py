"""Intake's tables in PostgreSQL: statements, rows, migrations."""
