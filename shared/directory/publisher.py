"""
Publishes the directory, for operators, the demo and tests.

Reads and writes ``qcdc.directory.v1``. Changed entities are published one by one, and put in force
by one ``DirectoryRevised`` at the end. A publication names the revision that it is based on and
reads the topic again before its last record: of two concurrent publications at most one succeeds.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.contracts.directory import REVISION_KEY, DirectoryRevised
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
    revision_id,
)
from shared.directory.errors import PublicationOvertaken
from shared.directory.loading import build_reference_data
from shared.directory.replica import DirectoryReplica
from shared.infra.errors import Misconfigured, Partition
from shared.infra.kafka.broker import producer
from shared.infra.kafka.partitions import held_offsets, partition_consumer, read_until
from shared.infra.kafka.records import Newer, Poison, Record
from shared.reference.errors import FactError

SOURCE = "qcdc/directory"
ENTITY_BYTES_MAX = 1_000_000
"""A record of the topic may have 1 MiB; the rest is for the envelope and the headers."""

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

    Raises Misconfigured when there is no such topic, KafkaError when the broker cannot be asked.
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
    Put *wanted* in force; return its revision, None when it was in force already.

    *base* is the publication that the change was derived from; a later one must not be lost.

    Raises FactError when *wanted* cannot be loaded (nothing was published), PublicationOvertaken
    when another publication came first (nothing of this one is in force), KafkaError when the
    broker cannot be asked (run it again).
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
            await _restore(bootstrap, topic, now, at)
        return None
    revision = _revision(now, wanted, document, at)
    async with producer(bootstrap, "qcdc-directory") as kafka:
        changes = difference(now.replica.latest, wanted)
        await _publish_changes(kafka, topic, changes, at)
        after = await read_published(bootstrap, topic, now)
        if after.end != now.end + len(changes):
            await _restore_if_completed(bootstrap, topic, after, now, at)
            raise PublicationOvertaken("another publication is under way")
        await _put_in_force(kafka, topic, revision)
    final = (await read_published(bootstrap, topic, after)).replica.in_force
    if final is None or final.checksum != revision.checksum:
        raise PublicationOvertaken("another publication came at the same time")
    return revision


async def republish(
    bootstrap: str, wanted: Entities, revision: DirectoryRevised, *, topic: str = DIRECTORY
) -> int:
    """
    Put *revision*, which holds *wanted*, on a topic that has lost it; return how many records.

    Number, base, checksum and id of the revision stay, so readers that have it in force see nothing
    new. 0 when the topic holds it. Raises PublicationOvertaken when the topic holds a later one, or
    somebody else publishes, KafkaError when the broker cannot be asked (run it again).
    """
    now = await read_published(bootstrap, topic)
    _check_lost(now, revision)
    if now.replica.in_force == revision and not now.replica.unfinished:
        return 0
    changes = difference(now.replica.latest, wanted)
    async with producer(bootstrap, "qcdc-directory") as kafka:
        await _publish_changes(kafka, topic, changes, revision.occurred_at)
        if (await read_published(bootstrap, topic, now)).end != now.end + len(changes):
            raise PublicationOvertaken("another publication is under way")
        await _put_in_force(kafka, topic, revision)
    final = (await read_published(bootstrap, topic)).replica.in_force
    if final is None or final.checksum != revision.checksum:
        raise PublicationOvertaken("another publication came at the same time")
    return len(changes) + 1


def _check_lost(now: PublishedDirectory, revision: DirectoryRevised) -> None:
    other = now.replica.in_force
    if other is None or other.revision < revision.revision:
        return
    if other.revision > revision.revision or other.checksum != revision.checksum:
        raise PublicationOvertaken(f"the topic holds revision {other.revision} ({other.document})")


def unusable(entities: Entities) -> str:
    """Return why these entities cannot be loaded; empty when they can."""
    return _load_problem(_ByChecksum(checksum(entities), entities))


@dataclass(frozen=True)
class _ByChecksum:
    """Entities, compared by their checksum."""

    checksum: str
    entities: Entities = field(compare=False)


@lru_cache(maxsize=4)
def _load_problem(wanted: _ByChecksum) -> str:
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
        if isinstance(message, Newer):  # a publication would take away what cannot be read here
            raise Misconfigured(
                f"{record.topic} holds at {record.offset} what a newer release has published;"
                " use the qcdc of that release"
            )
        if isinstance(message, Poison):
            log.warning("unreadable", offset=record.offset, reason=message.reason)
        else:
            replica.take(message)


def _revision(
    now: PublishedDirectory, wanted: Entities, document: str, at: datetime
) -> DirectoryRevised:
    number, digest = now.replica.highest + 1, checksum(wanted)
    return DirectoryRevised(
        event_id=revision_id(number, now.revision, digest, document),
        occurred_at=at,
        revision=number,
        base=now.revision,
        entities=len(wanted),
        checksum=digest,
        document=document,
    )


async def _restore_if_completed(
    bootstrap: str, topic: str, after: PublishedDirectory, before: PublishedDirectory, at: datetime
) -> None:
    """If the competing publication has completed, restore its records; otherwise leave it alone."""
    if after.revision > before.revision and after.replica.unfinished:
        await _restore(bootstrap, topic, after, at)


async def _restore(bootstrap: str, topic: str, now: PublishedDirectory, at: datetime) -> None:
    """Publish what is in force again, over the records of a publication that was cut short."""
    if now.replica.in_force is None:
        return
    async with producer(bootstrap, "qcdc-directory") as kafka:
        await _publish_changes(
            kafka, topic, difference(now.replica.latest, now.replica.entities), at
        )
        await _put_in_force(kafka, topic, now.replica.in_force)


async def _publish_changes(
    kafka: AIOKafkaProducer, topic: str, changes: EntityChanges, at: datetime
) -> None:
    acknowledgements = [
        await _send(kafka, topic, key, content, at) for key, content in changes.items()
    ]
    await asyncio.gather(*acknowledgements)


async def _send(
    kafka: AIOKafkaProducer, topic: str, key: str, content: str | None, at: datetime
) -> Awaitable[object]:
    message = None if content is None else encode(recorded(key, content, at), SOURCE)
    acknowledgement: Awaitable[object] = await kafka.send(
        topic,
        message and message.body,
        key=key.encode(),
        partition=0,
        headers=message.headers if message else [],
    )
    return acknowledgement


async def _put_in_force(kafka: AIOKafkaProducer, topic: str, revision: DirectoryRevised) -> None:
    message = encode(revision, SOURCE)
    await kafka.send_and_wait(
        topic, message.body, key=REVISION_KEY.encode(), partition=0, headers=message.headers
    )
