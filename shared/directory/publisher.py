"""
Publishing the directory: what operators, the demo and the tests change the facts with.

Reads and writes ``qcdc.directory.v1``. What changes is told entity by entity, and put in force by
one ``DirectoryRevised`` at the end. Whoever publishes says on which revision that is based, and
looks again before the last record: of two who publish at once at most one succeeds.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.contracts.directory import REVISION_KEY, DirectoryRevised
from shared.contracts.event import derived_id
from shared.contracts.topics import DIRECTORY
from shared.contracts.wire import encode
from shared.directory.contents import contents_of
from shared.directory.entities import (
    Entities,
    EntityChanges,
    checksum,
    decode,
    difference,
    recorded,
)
from shared.directory.errors import PublicationOvertaken
from shared.directory.loading import build_reference_data
from shared.directory.replica import DirectoryReplica
from shared.infra.errors import Misconfigured, Partition
from shared.infra.kafka.broker import Poison, Record, producer
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.reference.errors import FactError

SOURCE = "qcdc/directory"
ENTITY_BYTES_MAX = 1_000_000
"""A record of the topic may have 1 MiB; the rest is for what the event says beside its content."""

_POLL_MS = 200
_LOOKS_MAX = 15
log = structlog.get_logger()


@dataclass(frozen=True)
class PublishedDirectory:
    """What the topic holds, and where it ends."""

    replica: DirectoryReplica
    end: int

    @property
    def revision(self) -> int:
        """The number of the revision in force, 0 when there is none."""
        return self.replica.in_force.revision if self.replica.in_force else 0


async def read_published(
    bootstrap: str, topic: str = DIRECTORY, since: PublishedDirectory | None = None
) -> PublishedDirectory:
    """
    Read the topic to its end, from its first record or from where *since* ended.

    Raises:
        Misconfigured: when there is no such topic.
        KafkaError: when the broker cannot be asked.

    """
    partition = Partition(topic, 0)
    async with partition_consumer(bootstrap) as consumer:
        await _wait_for(consumer, topic)
        first, end = (await held_offsets(consumer, [partition]))[partition]
        if since is None or since.end > end:  # what is shorter than it was is another log
            since = PublishedDirectory(DirectoryReplica(), first)
        replica = since.replica.copy()
        start = {partition: max(first, since.end)}
        async for records in read_until(consumer, start, {partition: end}):
            _take(records, replica)
    replica.settle(unusable)
    return PublishedDirectory(replica, end)


async def publish(
    bootstrap: str,
    wanted: Entities,
    document: str,
    at: datetime,
    *,
    topic: str = DIRECTORY,
    base: PublishedDirectory | None = None,
) -> DirectoryRevised | None:
    """
    Let *wanted* come into force; return its revision, None when it was in force already.

    *base* is what the change was worked out from; what was published since then must not be lost.

    Raises:
        FactError: when nobody could work by *wanted*; nothing was published.
        Overtaken: when somebody else publishes, or has published; nothing of this is in force.
        KafkaError: when the broker cannot be asked; run it again.

    """
    if problem := unusable(wanted):
        raise FactError("directory", "", problem)
    now = await read_published(bootstrap, topic, base)
    if base is not None and base.revision != now.revision:
        raise PublicationOvertaken(
            f"revision {now.revision} has come into force, not {base.revision}"
        )
    if now.replica.entities == wanted and now.replica.in_force is not None:
        if now.replica.unfinished:
            await _tidy(bootstrap, topic, now, at)
        return None
    revision = _revision(now, wanted, document, at)
    async with producer(bootstrap, "qcdc-directory") as kafka:
        changes = difference(now.replica.latest, wanted)
        await _tell(kafka, topic, changes, at)
        after = await read_published(bootstrap, topic, now)
        if after.end != now.end + len(changes):
            await _leave(bootstrap, topic, after, now, at)
            raise PublicationOvertaken("somebody else is publishing at this moment")
        await _put_in_force(kafka, topic, revision)
    final = (await read_published(bootstrap, topic, after)).replica.in_force
    if final is None or final.checksum != revision.checksum:
        raise PublicationOvertaken("somebody else has published at the same moment")
    return revision


def unusable(entities: Entities) -> str:
    """Say why nobody could work by these entities; empty when they can be worked by."""
    return _tried(_Wanted(checksum(entities), entities))


@dataclass(frozen=True)
class _Wanted:
    """Entities, known by their checksum."""

    its: str
    entities: Entities = field(compare=False)


@lru_cache(maxsize=4)
def _tried(wanted: _Wanted) -> str:
    for key, content in wanted.entities.items():
        if len(content.encode()) > ENTITY_BYTES_MAX:
            return f"{key} has more than {ENTITY_BYTES_MAX:,} bytes"
    try:
        build_reference_data(contents_of(wanted.entities))
    except (FactError, ValueError) as problem:
        return str(problem)
    return ""


async def _wait_for(consumer: AIOKafkaConsumer, topic: str) -> None:
    """Return once the broker knows the topic: one just made takes a moment to be known."""
    for _ in range(_LOOKS_MAX):
        if topic in await consumer.topics():
            return
        await asyncio.sleep(_POLL_MS / 1000)
    raise Misconfigured(f"topic {topic} is missing; run: qcdc topics apply")


def _take(records: Sequence[Record], replica: DirectoryReplica) -> None:
    for record in records:
        message = decode(record)
        if isinstance(message, Poison):
            log.warning("unreadable", offset=record.offset, reason=message.reason)
        else:
            replica.take(message)


def _revision(
    now: PublishedDirectory, wanted: Entities, document: str, at: datetime
) -> DirectoryRevised:
    number, its = now.replica.highest + 1, checksum(wanted)
    return DirectoryRevised(
        event_id=derived_id("directory", number, now.revision, its, document),
        occurred_at=at,
        revision=number,
        base=now.revision,
        entities=len(wanted),
        checksum=its,
        document=document,
    )


async def _leave(
    bootstrap: str, topic: str, after: PublishedDirectory, before: PublishedDirectory, at: datetime
) -> None:
    """Take back what was told, if whoever came first is done; else that would disturb them."""
    if after.revision > before.revision and after.replica.unfinished:
        await _tidy(bootstrap, topic, after, at)


async def _tidy(bootstrap: str, topic: str, now: PublishedDirectory, at: datetime) -> None:
    """Tell again what is in force, over what a publication that came to nothing has left."""
    if now.replica.in_force is None:
        return
    async with producer(bootstrap, "qcdc-directory") as kafka:
        await _tell(kafka, topic, difference(now.replica.latest, now.replica.entities), at)
        await _put_in_force(kafka, topic, now.replica.in_force)


async def _tell(kafka: AIOKafkaProducer, topic: str, changes: EntityChanges, at: datetime) -> None:
    acknowledgements = [
        await _send(kafka, topic, key, content, at) for key, content in changes.items()
    ]
    await asyncio.gather(*acknowledgements)


async def _send(
    kafka: AIOKafkaProducer, topic: str, key: str, content: str | None, at: datetime
) -> Awaitable[object]:
    told = None if content is None else encode(recorded(key, content, at), SOURCE)
    acknowledgement: Awaitable[object] = await kafka.send(
        topic,
        told and told.body,
        key=key.encode(),
        partition=0,
        headers=told.headers if told else [],
    )
    return acknowledgement


async def _put_in_force(kafka: AIOKafkaProducer, topic: str, revision: DirectoryRevised) -> None:
    message = encode(revision, SOURCE)
    await kafka.send_and_wait(
        topic, message.body, key=REVISION_KEY.encode(), partition=0, headers=message.headers
    )
