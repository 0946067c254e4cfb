"""
Kafka, set up once: every option that decides whether a message can be lost is spelled out here.

Measured on FastStream 0.7.8 (``docs/decisions/0001-one-mechanism.md``): its defaults skip history,
commit before or in spite of a failing handler, lose a whole batch over one undecodable header
and create missing topics. ``tests/unit/shared/test_subscription.py`` reads these options where
FastStream hands them to aiokafka, and plants the faults.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy, StreamMessage
from faststream.kafka import KafkaBroker, KafkaMessage

from shared.infra.errors import Partition
from shared.infra.kafka import fetching
from shared.infra.kafka.records import Batch, Poison, Record, message_of
from shared.infra.kafka.subscription import Subscription

SESSION_TIMEOUT_MS = 9_000
"""After so long without a sign of life the partitions of a member go to the others."""

HEARTBEAT_MS = 1_000
"""Also how long the others take to hear that a member has left."""

FETCH_WAIT_MS = 100
COMMIT_SECONDS_MAX = 2.0

M = TypeVar("M")
log = structlog.get_logger()


class BatchSubscriber(Protocol):
    """What we need of the subscriber that ``KafkaBroker.subscriber`` returns."""

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The consumer underneath, once the broker has been started."""


def kafka_broker(bootstrap: str, client_id: str) -> KafkaBroker:
    """Build a driver that only consumes; what we publish leaves through the outbox's producer."""
    fetching.install()
    return KafkaBroker(
        bootstrap,
        client_id=client_id,
        consumer_only=True,  # no admin client: a topic made by accident has but one partition
        metadata_max_age_ms=15_000,  # a new source's topic is found within this time
        apply_types=False,  # our decoder has typed the batch already
        graceful_timeout=10.0,
        logger=None,  # a line per batch would cost a third of the throughput
    )


def consume(
    broker: KafkaBroker,
    subscription: Subscription[M],
    instance: str,
    handler: Callable[[Batch[M]], Awaitable[None]],
    epoch: str = "",
) -> BatchSubscriber:
    """
    Deliver every record to *handler* at least once, in batches, never skipping a bad one.

    The offset moves only after the handler returned; if it raises, the batch is read again.
    Another *epoch* than before makes the broker assign partitions anew.
    """
    group = subscription.group
    subscriber = broker.subscriber(
        *subscription.topics,
        pattern=subscription.pattern,
        batch=True,
        max_records=fetching.DELIVERY_RECORDS_MAX,
        group_id=group,
        group_instance_id=member_of(group, instance),  # a restart is not a stop-the-world rebalance
        auto_offset_reset="earliest",  # a new group must not skip history
        ack_policy=AckPolicy.NACK_ON_ERROR,  # the library's default commits before handling
        isolation_level="read_committed",  # never count a producer's aborted write
        session_timeout_ms=SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        partition_assignment_strategy=_assignors(epoch),
        parser=_tolerate_headers,
        decoder=_decoder(subscription.read),
    )

    async def handle(batch: Any) -> None:
        await handler(batch)

    subscriber(handle)
    return subscriber


def member_of(group: str, instance: str) -> str:
    """Name a process as a member of a group."""
    return f"{group}-{instance}"


def producer(bootstrap: str, client_id: str) -> AIOKafkaProducer:
    """Build the producer behind the outbox: no acknowledged message is lost or doubled by retry."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=262_144,
        request_timeout_ms=15_000,
    )


def _assignors(epoch: str) -> tuple[type[AbstractPartitionAssignor], ...]:
    """
    Name the way of assigning partitions after *epoch*.

    A static member that comes back gets the partitions that it had, whatever it subscribes to now
    (KIP-345; measured on Kafka 4.1): a topic that was made while it was away would never be read,
    and one that was deleted would keep it from joining. The broker assigns anew only when the
    name of the protocol changes. The plain name is what members of different epochs agree on.
    """
    if not epoch:
        return (RoundRobinPartitionAssignor,)

    class OfThisEpoch(RoundRobinPartitionAssignor):  # type: ignore[misc] # it has no types
        name = f"roundrobin-{epoch}"

    return OfThisEpoch, RoundRobinPartitionAssignor


async def _tolerate_headers(
    records: tuple[Record, ...],
    original: Callable[[tuple[Record, ...]], Awaitable[StreamMessage[Any]]],
) -> StreamMessage[Any]:
    """
    Keep header bytes away from FastStream, which decodes them before any handler runs.

    FastStream's documents have a custom parser call the original one and amend its message; ours
    gives the whole records back, and commits that end.
    """
    bare: Any = await original(tuple(replace(record, headers=()) for record in records))
    bare.raw_message = records
    bare.consumer = _Committer(bare.consumer)
    message: StreamMessage[Any] = bare
    return message


class _Committer:
    """
    Commits through a consumer, and does not wait for long.

    What Kafka keeps is a hint; the stored position counts. aiokafka tries for as long as it takes,
    with the offsets of all partitions together: one whose topic was deleted held up all others.
    """

    def __init__(self, consumer: Any) -> None:
        self.consumer = consumer

    async def commit(self) -> None:
        """Commit what was consumed, or leave it to the next time."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS_MAX):
                await self.consumer.commit()
        except (KafkaError, TimeoutError) as problem:
            log.info("not committed", problem=repr(problem))

    def seek(self, partition: Partition, offset: int) -> None:
        """Read a batch again that was not handled."""
        self.consumer.seek(partition, offset)


def _decoder(
    read: Callable[[Record], M | Poison],
) -> Callable[[KafkaMessage], Awaitable[Batch[M]]]:
    async def decode_batch(message: KafkaMessage) -> Batch[M]:
        records: tuple[Record, ...] = message.raw_message
        committer: Any = message.consumer
        return Batch(committer.consumer, records, [message_of(it, read) for it in records])

    return decode_batch
