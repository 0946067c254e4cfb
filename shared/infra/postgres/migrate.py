"""
Schema changes: numbered ``.sql`` files, applied in order, each in one transaction, never back.

Three migrators may run at once: one advisory lock lets one of them work. A file that was applied
may not change afterwards; its checksum is kept.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.infra.errors import Misconfigured
from shared.infra.postgres import locks
from shared.infra.postgres.database import Connection
from shared.infra.postgres.locks import AdvisoryLock

PLUMBING = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file, named by its folder's purpose and its own number."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(service: Path | None, *shared: Path) -> list[Migration]:
    """
    List the files of the plumbing and of *shared* by their numbers, then those of *service*.

    Raises:
        Misconfigured: when a folder holds no migration; nothing must pass for everything.

    """
    plumbing = _files(PLUMBING, *shared)
    return [
        *(Migration(f"plumbing/{it.stem}", it.read_text(encoding="utf-8")) for it in plumbing),
        *(
            Migration(f"service/{it.stem}", it.read_text(encoding="utf-8"))
            for it in (_files(service) if service else ())
        ),
    ]


def _files(*folders: Path) -> list[Path]:
    files = {folder: [*folder.glob("[0-9]*.sql")] for folder in folders}
    for folder, found in files.items():
        if not found:
            raise Misconfigured(f"{folder} holds no migration")
    return sorted((it for found in files.values() for it in found), key=lambda it: it.name)


async def migrate(url: str, schema: str, wanted: Sequence[Migration]) -> list[str]:
    """
    Apply what is missing to *schema* and return the names of what was applied.

    Raises:
        Misconfigured: when a file changed after it had been applied, or was applied by a newer
            release.

    """
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute("SELECT set_config('search_path', $1, false)", schema)
        await locks.lock_session(connection, AdvisoryLock.MIGRATE)
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = []
        for migration in await _missing(connection, wanted):
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO migration (name, checksum) VALUES ($1, $2)",
                    migration.name,
                    migration.checksum,
                )
            applied.append(migration.name)
        return applied
    finally:
        await connection.close()


async def check(connection: Connection, wanted: Sequence[Migration], command: str) -> None:
    """
    Refuse to run on a schema that is not the one this code was written for.

    Raises:
        Misconfigured: names the command that mends it.

    """
    lacking = await missing(connection, wanted)
    if lacking:
        raise Misconfigured(f"the database lacks {lacking[0].name}; run: {command}")


async def missing(connection: Connection, wanted: Sequence[Migration]) -> list[Migration]:
    """List what has not been applied; everything, on a database that nobody has touched."""
    if await connection.fetchval("SELECT to_regclass('migration')") is None:
        return list(wanted)
    return await _missing(connection, wanted)


async def _missing(connection: Connection, wanted: Sequence[Migration]) -> list[Migration]:
    applied = {
        row["name"]: row["checksum"]
        for row in await connection.fetch("SELECT name, checksum FROM migration")
    }
    unknown = sorted(applied.keys() - {it.name for it in wanted})
    if unknown:
        raise Misconfigured(
            f"the database is newer than this release: it has {', '.join(unknown)};"
            " run the release that applied it, or restore a backup"
        )
    for migration in wanted:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise Misconfigured(f"{migration.name} changed after it had been applied")
    return [migration for migration in wanted if migration.name not in applied]
