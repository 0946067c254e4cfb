"""
What the broker's logs are: which topic of which cluster, from where to where, and what lies there.

Asked over connections of its own that never fetch, so that no answer waits for a consumer.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from zlib import crc32

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, KafkaTimeoutError, for_code
from aiokafka.protocol.offset import OffsetRequest, OffsetResetStrategy

from shared.infra.errors import Partition
from shared.infra.kafka.metadata import TopicMetadataRequest
from shared.infra.kafka.partitions import partition_consumer, read_until
from shared.infra.kafka.records import Record

REQUEST_TIMEOUT_MS = 10_000
PARTITIONS_AT_A_TIME = 12
"""Read at once for one record of each: a broker sends up to 1 MB of every partition."""

SILENCE_SECONDS_MAX = 5.0
_MISSING = 3
"""UNKNOWN_TOPIC_OR_PARTITION."""

_NO_LEADER = -1
_UNCOMMITTED, _COMMITTED = 0, 1
"""Isolation levels: the end of everything, or of what no open transaction hides."""
log = structlog.get_logger()


class LogId(NamedTuple):
    """What a log does not share with another one of the same name."""

    cluster: str
    topic: str
    """The id that Kafka gave the topic when it was made."""


class LogState(NamedTuple):
    """A log as the broker has it now."""

    id: LogId
    leader_epoch: int
    """Rises with every leader; only then can records that were there be gone."""
    first: int
    end: int
    """The oldest offset, and that of the next record."""


class RecordStamp(NamedTuple):
    """What tells a record from another one at the same offset."""

    offset: int
    timestamp_ms: int
    checksum: int
    """CRC-32 of key and value."""


class _Topic(NamedTuple):
    id: LogId
    partitions: Mapping[Partition, tuple[int, int]]
    """Leader and leader epoch of each that has a leader."""


def stamp(record: Record) -> RecordStamp:
    """Return what is remembered of a record."""
    checksum = crc32(record.value or b"", crc32(record.key or b""))
    return RecordStamp(record.offset, record.timestamp, checksum)


@asynccontextmanager
async def log_client(bootstrap: str) -> AsyncIterator["LogClient"]:
    """Return a connected client. Raises KafkaError when no broker answers."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.bootstrap()
        yield LogClient(client)
    finally:
        await client.close()


class LogClient:
    """Asks brokers about logs."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    async def describe(self, topics: Collection[str]) -> Mapping[Partition, LogState]:
        """
        Return the logs of *topics*, without topics that do not exist and partitions without leader.

        Raises:
            KafkaError: the brokers did not answer, or a topic was made again meanwhile.

        """
        if not topics:
            return {}
        before = await self._topics(topics)
        leaders = {
            partition: leader
            for topic in before.values()
            for partition, (leader, _) in topic.partitions.items()
        }
        first = await self._offsets(leaders, OffsetResetStrategy.EARLIEST)
        end = await self._offsets(leaders, OffsetResetStrategy.LATEST)
        # The offsets name no topic id, so the topics must be the same before and after.
        if await self.ids(topics) != {name: it.id for name, it in before.items()}:
            raise KafkaError("a topic was made or deleted while it was looked at")
        return {
            partition: LogState(topic.id, epoch, first[partition], end[partition])
            for topic in before.values()
            for partition, (_, epoch) in topic.partitions.items()
            if partition in first and partition in end
        }

    async def names(self) -> Mapping[str, int]:
        """Return all topics, and how many partitions each has, with a leader or without."""
        found = await self._client.fetch_all_metadata()
        return {name: len(found.partitions_for_topic(name) or ()) for name in found.topics()}

    async def stable_ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """
        Return where the first transaction that is open in each of the *partitions* begins.

        Raises KafkaError also when one of them has no leader.
        """
        topics = await self._topics({it.topic for it in partitions}) if partitions else {}
        leaders = {
            partition: leader
            for topic in topics.values()
            for partition, (leader, _) in topic.partitions.items()
            if partition in partitions
        }
        if len(leaders) < len(partitions):
            raise KafkaError("a partition has lost its leader")
        return await self._offsets(leaders, OffsetResetStrategy.LATEST, _COMMITTED)

    async def ids(self, topics: Collection[str]) -> Mapping[str, LogId]:
        """Return which logs the names of *topics* stand for, without those that do not exist."""
        found = await self._topics(topics) if topics else {}
        return {name: it.id for name, it in found.items()}

    async def _topics(self, names: Collection[str]) -> Mapping[str, _Topic]:
        answer = await self._send(self._client.get_random_node(), TopicMetadataRequest(names))
        topics = {}
        for code, name, topic_id, _, partitions, *_ in answer.topics:
            if code not in (0, _MISSING):
                raise for_code(code)(name)
            if code == 0:
                led = {
                    Partition(name, number): (leader, epoch)
                    for _, number, leader, epoch, *_ in partitions
                    if leader != _NO_LEADER
                }
                topics[name] = _Topic(LogId(answer.cluster_id, str(topic_id)), led)
        return topics

    async def _offsets(
        self, leaders: Mapping[Partition, int], which: int, isolation: int = _UNCOMMITTED
    ) -> Mapping[Partition, int]:
        by_leader: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for partition, leader in leaders.items():
            by_leader[leader][partition.topic].append((partition.partition, which))
        offsets = {}
        for leader, wanted in by_leader.items():
            answer = await self._send(leader, OffsetRequest(-1, isolation, list(wanted.items())))
            for name, partitions in answer.topics:
                for number, code, _, offset in partitions:
                    if code:
                        raise for_code(code)(f"{name}/{number}")
                    offsets[Partition(name, number)] = offset
        return offsets

    async def _send(self, node: int | None, request: Any) -> Any:
        if node is None:
            raise KafkaError("no broker is known")
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_MS / 1000):
                return await self._client.send(node, request)
        except TimeoutError as problem:
            raise KafkaTimeoutError("the broker does not answer") from problem


async def read_stamps(
    bootstrap: str, offsets: Mapping[Partition, int]
) -> Mapping[Partition, RecordStamp]:
    """
    Return the stamps of the records that lie at *offsets*, without those where none lies.

    What compaction has removed or what cannot be read is not compared.

    Raises:
        KafkaError: the brokers did not answer.

    """
    found: dict[Partition, RecordStamp] = {}
    wanted = sorted(offsets)
    async with partition_consumer(bootstrap) as consumer:
        for n in range(0, len(wanted), PARTITIONS_AT_A_TIME):
            some = {it: offsets[it] for it in wanted[n : n + PARTITIONS_AT_A_TIME]}
            try:
                found |= await _read_stamps(consumer, some)
            except KafkaError as problem:
                if problem.retriable:
                    raise
                log.warning("records not compared", partitions=list(some), problem=repr(problem))
    return found


async def _read_stamps(
    consumer: AIOKafkaConsumer, offsets: Mapping[Partition, int]
) -> Mapping[Partition, RecordStamp]:
    end = {it: offset + 1 for it, offset in offsets.items()}
    return {
        Partition(it.topic, it.partition): stamp(it)
        async for records in read_until(
            consumer, offsets, end, silence_seconds_max=SILENCE_SECONDS_MAX
        )
        for it in records
    }
