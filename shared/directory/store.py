"""A ``DirectoryReplica`` in the tables of a service: what it has read of the directory's topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shared.contracts.directory import DirectoryRevised
from shared.directory.entities import (
    Entities,
    EntityChanges,
    EntityUpdate,
    difference,
    revision_id,
    with_changes,
)
from shared.directory.replica import DirectoryReplica
from shared.infra.postgres.database import Connection, load_queries
from shared.infra.postgres.migrate import Migration, migrations

MIGRATIONS = Path(__file__).parent / "migrations"
QUERIES = load_queries(Path(__file__).parent / "directory.sql")


def migrations_of(service: Path | None) -> list[Migration]:
    """List the files of the plumbing and of the directory, then those in a service's folder."""
    return migrations(service, MIGRATIONS)


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """Which revision is in force here, and what was wrong with the newest that was read."""

    in_force: DirectoryRevised | None
    complaint: str
    """Empty when the newest revision is the one in force, or when there is none."""
    today: date
    """The day in Vietnam, by the clock of the database."""


async def revision_status(connection: Connection) -> RevisionStatus:
    """Return the status of revisions by the tables."""
    newest = await connection.fetchrow(QUERIES["newest"])
    refused = newest is not None and newest["refused"]
    complaint = f"revision {newest['revision']} {refused}" if refused else ""
    today = await connection.fetchval(QUERIES["today"])
    return RevisionStatus(await revision_in_force(connection), complaint, today)


async def revision_in_force(connection: Connection) -> DirectoryRevised | None:
    """Return the revision in force, as it was published; None before the first."""
    row = await connection.fetchrow(QUERIES["in_force"])
    if row is None:
        return None
    values = dict(row)
    published_at = values.pop("published_at")
    identity = revision_id(row["revision"], row["base"], row["checksum"], row["document"])
    return DirectoryRevised(event_id=identity, occurred_at=published_at, **values)


async def entities_in_force(connection: Connection) -> Entities:
    """Return the entities of the revision in force."""
    return {row["key"]: row["content"] for row in await connection.fetch(QUERIES["entities"])}


async def add_incoming(connection: Connection, updates: Sequence[EntityUpdate]) -> None:
    """Store pending entities until a revision puts them in force."""
    await _add_incoming(connection, {it.key: it.content for it in updates})


async def read_replica(connection: Connection) -> DirectoryReplica:
    """Read everything."""
    entities = await entities_in_force(connection)
    rows = await connection.fetch(QUERIES["incoming"])
    incoming = {row["key"]: row["content"] for row in rows}
    latest = with_changes(entities, incoming)
    return DirectoryReplica(await revision_in_force(connection), entities, latest)


async def write_replica(
    connection: Connection, before: Entities, replica: DirectoryReplica
) -> None:
    """Write what has changed since *before* was in force."""
    changes = difference(before, replica.entities)
    put = {key: content for key, content in changes.items() if content is not None}
    gone = [key for key, content in changes.items() if content is None]
    await connection.execute(QUERIES["put_entities"], list(put), list(put.values()))
    await connection.execute(QUERIES["take_entities"], gone)
    await connection.execute(QUERIES["clear_incoming"])
    await _add_incoming(connection, difference(replica.entities, replica.latest))
    for seen in replica.seen:
        revision = seen.revision
        row = (
            revision.revision,
            revision.base,
            revision.entities,
            revision.checksum,
            revision.document,
            revision.occurred_at,
        )
        await connection.execute(QUERIES["add_revision"], *row, seen.refused or None)


async def _add_incoming(connection: Connection, changes: EntityChanges) -> None:
    await connection.execute(QUERIES["add_incoming"], list(changes), list(changes.values()))
