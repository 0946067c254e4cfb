"""The ledger in PostgreSQL: rows, SQL, migrations."""
