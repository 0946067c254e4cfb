"""The schema of the ledger's database, and the command that brings it up to date."""

from pathlib import Path

from shared.directory.store import migrations_of

MIGRATIONS = migrations_of(Path(__file__).parent / "migrations")
MIGRATE_COMMAND = "python -m services.aggregator migrate"
