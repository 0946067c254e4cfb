"""What a newer release of ours wrote waits for that release, and is lost to no older one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pydantic import SecretStr

from shared.infra.health import Condition, Health
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.records import Newer, Poison, Record
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings
from tests.builders.plumbing import (
    counting,
    dead_letters,
    migrated,
    new_topic,
    number,
    publish,
    seen,
)
from tests.eventually import eventually


@dataclass
class Instance:
    """One instance of a service, of some release."""

    database: Database
    health: Health

    async def has_seen(self, numbers: list[int]) -> None:
        async def complete() -> bool:
            return await seen(self.database) == numbers

        await eventually(complete, seconds=40)

    async def conditions(self, *wanted: Condition) -> None:
        async def exactly() -> bool:
            return {it.condition for it in self.health.complaints.values()} == {*wanted}

        await eventually(exactly, seconds=40)


def of_yesterday(record: Record) -> int | Poison:
    """Read numbers of one digit; longer ones came with the release of today."""
    return Newer("two_digits") if len(record.value or b"") > 1 else number(record)


@asynccontextmanager
async def instance(
    kafka: str, url: str, topic: str, decode: Callable[[Record], int | Poison], name: str = "0"
) -> AsyncIterator[Instance]:
    async with migrated(url) as database:
        health = Health()
        settings = ServiceSettings(kafka=kafka, database=SecretStr(url), http_port=1, instance=name)
        subscription = replace(counting(topic), decode=decode)
        reader = ConsumerSupervisor(subscription, "test", settings, database, health)
        task = asyncio.create_task(reader.run())
        try:
            yield Instance(database, health)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_partition_stops_before_what_a_newer_release_wrote(
    kafka: str, postgres_url: str
) -> None:
    """The others are read; after the upgrade it goes on where it stopped."""
    topic = await new_topic(kafka, partitions=2)
    await publish(kafka, topic, [b"1", b"22", b"3"])
    await publish(kafka, topic, [b"4"], partition=1)

    async with instance(kafka, postgres_url, topic, of_yesterday) as old:
        await old.has_seen([1, 4])
        await old.conditions(Condition.NEWER_THAN_THIS_RELEASE)
        await publish(kafka, topic, [b"5"], partition=1)
        await old.has_seen([1, 4, 5])
    async with instance(kafka, postgres_url, topic, number) as new:
        await new.has_seen([1, 3, 4, 5, 22])
        await new.conditions()
        letters = await dead_letters(new.database)

    assert letters == []


async def test_an_instance_that_waited_goes_on_behind_what_a_newer_one_has_read(
    kafka: str, postgres_url: str
) -> None:
    """Two releases share a group for the minutes of an upgrade; neither keeps a wrong complaint."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1", b"22"])

    async with instance(kafka, postgres_url, topic, of_yesterday) as old:
        await old.conditions(Condition.NEWER_THAN_THIS_RELEASE)
        async with old.database.connection() as connection:  # as the newer instance does
            await connection.execute("UPDATE position SET next_offset = 2")
        await old.conditions()
        await publish(kafka, topic, [b"3"])
        await old.has_seen([1, 3])
