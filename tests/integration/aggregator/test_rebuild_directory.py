"""A rebuild counts reports again; the directory that it read is carried over as it is."""

from collections.abc import Sequence

from pydantic import SecretStr

from services.aggregator.app import rebuild
from services.aggregator.settings import AggregatorSettings
from shared.contracts.directory import DirectoryRevised
from shared.directory.entities import EntityUpdate, checksum
from shared.directory.replica import DirectoryReplica
from shared.directory.store import read_replica, write_replica
from shared.infra.postgres.database import Database
from tests.builders.reference import shipped_entities

TABLES = ("directory_entity", "directory_incoming", "directory_revision", "position")


async def held(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return what the directory's tables hold, and how far they have been read."""
    async with database.connection() as connection:
        return {
            it: sorted(map(tuple, await connection.fetch(f"SELECT * FROM {it}")), key=str)
            for it in TABLES
        }


async def test_the_directory_is_carried_over(
    database: Database, kafka: str, postgres_url: str
) -> None:
    """Otherwise the swap would lose it: its records lie behind the stored position."""
    settings = AggregatorSettings(kafka=kafka, database=SecretStr(postgres_url), http_port=0)
    entities = shipped_entities()
    async with database.transaction() as connection:
        replica = DirectoryReplica()
        _publish(replica, entities, [("unit/X.9", "{}")])
        await write_replica(connection, {}, replica)
        await connection.execute(
            "INSERT INTO position (stream, topic, partition, next_offset)"
            " VALUES ('aggregator-directory', 'qcdc.directory.v1', 0, 14155)"
        )
    before = await held(database)

    outcome = await rebuild(settings, verify=False)

    assert outcome.swapped
    assert await held(database) == before
    async with database.transaction() as connection:
        again = await read_replica(connection)
        assert again.unfinished
        await write_replica(connection, again.entities, again)


def _publish(
    replica: DirectoryReplica, entities: dict[str, str], later: Sequence[tuple[str, str]]
) -> None:
    for key, content in entities.items():
        replica.take(EntityUpdate(key, content))
    replica.take(
        DirectoryRevised(
            event_id="r",
            occurred_at="2026-10-15T00:00:00Z",
            revision=1,
            base=0,
            entities=len(entities),
            checksum=checksum(entities),
            document="first",
        )
    )
    replica.settle(lambda _: "")
    for key, content in later:
        replica.take(EntityUpdate(key, content))
