"""
One subscription, kept alive: delivers batches to its inbox, rewinds, pauses, restarts.

aiokafka can stay connected and stop consuming after a rebalance (aiokafka issues 1154, 1037, 847),
so progress is watched: a partition behind and not moving for a minute means a new consumer.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Generic, NoReturn, TypeVar
from zlib import crc32

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from shared.infra.errors import (
    BreakerOpen,
    ConsumerStalled,
    LogHeld,
    Partition,
    PositionGap,
    ReleaseTooOld,
)
from shared.infra.health import Condition, Health
from shared.infra.kafka import progress
from shared.infra.kafka.breaker_watch import BreakerWatch
from shared.infra.kafka.broker import BatchSubscriber, consume, kafka_broker, member_of
from shared.infra.kafka.log_watch import LogWatch
from shared.infra.kafka.membership import leave
from shared.infra.kafka.newer_records import NewerRecords
from shared.infra.kafka.positions import lags
from shared.infra.kafka.progress import Progress
from shared.infra.kafka.records import Batch, Cursor, first_offset
from shared.infra.kafka.subscription import Subscription
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings
from shared.infra.supervised import Supervised

RETURN_AFTER_SECONDS = 3.0
START_SECONDS_MAX = 30.0
"""A consumer that has not joined its group for so long, several sessions, is replaced."""

WATCH_SECONDS = RESTART_SECONDS = 1.0

M = TypeVar("M")
log = structlog.get_logger()


class ConsumerSupervisor(Generic[M]):
    """Feeds one inbox from Kafka for as long as the process lives."""

    def __init__(
        self,
        subscription: Subscription[M],
        service: str,
        settings: ServiceSettings,
        database: Database,
        health: Health,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Apply batches in *database*, and call *after* whenever one was applied."""
        self.subscription = subscription
        self.inbox = subscription.inbox(database, service)
        self.part = f"consumer {subscription.group}"
        self._settings = settings
        self._health = health
        self._supervised = Supervised(self.part, health)
        self._applying = Supervised(self.part, health)
        self._logs = LogWatch(settings.kafka, subscription, self.inbox, health)
        self._newer = NewerRecords(health)
        self._breakers = BreakerWatch(self.inbox, health)
        self._progress = Progress(health)
        self._after = after
        self._sought: dict[Partition, int] = {}
        self._starts = 0
        self._subscriber: BatchSubscriber | None = None

    async def run(self) -> None:
        """Consume until cancelled; whatever Kafka does, come back."""
        await self._supervised.until_done(self._consume)

    async def _consume(self) -> NoReturn:
        broker = kafka_broker(
            self._settings.kafka, f"{self.subscription.group}-{self._settings.instance}"
        )
        leaving = False
        try:
            async with self._logs.connected():
                await self._start_in_time(broker)
                await self._watch()
        except asyncio.CancelledError:
            leaving = True  # the process stops; a consumer that is replaced comes back at once
            raise
        finally:
            self._subscriber = None
            await broker.stop()
            if leaving:
                group = self.subscription.group
                member = member_of(group, self._settings.instance)
                await leave(self._settings.kafka, group, member)

    async def _start_in_time(self, broker: KafkaBroker) -> None:
        """Start; aiokafka itself waits for its group for ever."""
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await self._start(broker)
        except TimeoutError as problem:
            raise KafkaError("the consumer did not start in time") from problem

    async def _start(self, broker: KafkaBroker) -> None:
        """Join the group; under a pattern, in an epoch that the topics it matches now define."""
        topics, epoch = set[str](), ""
        if self.subscription.pattern is not None:
            topics = await self._topics_of_the_broker(self.subscription.pattern)
            epoch = f"{crc32(','.join(sorted(topics)).encode()):08x}-{self._starts}"
            self._starts += 1  # whatever kept a start from succeeding must not do so again
        await self._logs.look(topics or self.subscription.topics)
        subscriber = consume(
            broker, self.subscription, self._settings.instance, self.deliver, epoch
        )
        await broker.start()
        self._subscriber = subscriber  # only now: a consumer that is still starting knows nothing
        if (
            self.subscription.pattern is not None
            and set(self._consumer().subscription() or ()) != topics
        ):
            raise KafkaError("a topic appeared or vanished during the start")

    async def _topics_of_the_broker(self, pattern: str) -> set[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.kafka)
        try:
            await admin.start()
            return _matching(pattern, await admin.list_topics())
        finally:
            await admin.close()

    async def deliver(self, batch: Batch[M]) -> None:
        """
        Apply one batch, trying again for as long as the infrastructure is at fault.

        A bug raises after a pause, so that FastStream reads the batch again without spinning.
        """
        try:
            await self._applying.until_done(partial(self._apply, batch))
        except Exception as bug:
            self._health.complain(self.part, Condition.HANDLER_FAILING, repr(bug))
            log.exception("batch not applied", group=self.subscription.group)
            await asyncio.sleep(RESTART_SECONDS)
            raise
        self._after()

    async def _apply(self, batch: Batch[M]) -> None:
        try:
            await self.inbox.apply(batch.records, batch.messages, self._holes(batch))
        except PositionGap as gap:
            await self._rewind(batch.cursor, gap)
        except BreakerOpen as breaker:
            self._breakers.stop(batch.cursor, breaker)
        except ReleaseTooOld as newer:
            self._newer.stop(batch.cursor, newer)
        except LogHeld as held:
            self._logs.pause(batch.cursor, held.held)

    async def behind(self) -> int:
        """
        Count the records that Kafka holds and the inbox has not applied.

        Raises:
            KafkaError: when Kafka cannot be asked, so nobody may conclude "not behind".
            LogHeld: when a topic is not the one that was read before, or has lost what was unread.

        """
        stored = await self.inbox.stored()
        ends = await self._ends()
        await self._logs.check(stored, ends)
        return sum(lags(stored, ends).values())

    @property
    def waiting(self) -> set[Partition]:
        """What is not read for now, for a reason that has been reported."""
        return {*self._logs.held, *self._newer.offsets, *self._breakers.offsets}

    async def _ends(self) -> Mapping[Partition, int]:
        """
        Return the end of every partition that is read and exists.

        The consumer is not asked: about a topic that was deleted it asks for ever, and for nothing
        else. Raises KafkaError while a topic exists that it has not found yet.
        """
        subscribed = set(self._consumer().subscription() or ())
        existing = await self._logs.topics()
        pattern = self.subscription.pattern
        if pattern is not None and _matching(pattern, existing) - subscribed:
            raise KafkaError("a topic has appeared that is not subscribed to yet")
        partitions = [
            Partition(topic, number)
            for topic in subscribed & existing.keys()
            for number in range(existing[topic])
        ]
        if not partitions and pattern is None:
            raise KafkaError("no partition of the subscribed topics is known yet")
        return await self._logs.ends(partitions)

    async def _watch(self) -> NoReturn:
        """
        Report how the consumer gets on.

        Raises:
            ConsumerStalled: a partition is behind and has not moved for too long.

        """
        began = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._look()
            except Exception as problem:  # noqa: BLE001 - ``complain`` raises a bug again
                self._supervised.complain(problem)
                continue
            stalled = self._progress.stalled
            if stalled and time.monotonic() - began > progress.STALLED_AFTER_SECONDS:
                raise ConsumerStalled(stalled)
            self._supervised.fine()

    async def _look(self) -> None:
        consumer = self._consumer()
        stored = await self._logs.watch(consumer)
        self._newer.go_on(consumer, stored)
        unread = lags(stored, await self._ends())
        await self._breakers.go_on(consumer, unread)
        behind = {it for it in consumer.assignment() - self.waiting if unread.get(it)}
        positions = {it: position.next_offset for it, position in stored.items()}
        self._progress.observe(time.monotonic(), positions, behind)
        for partition, seconds in self._progress.standing.items():
            if seconds > RETURN_AFTER_SECONDS:
                await self._return_to(positions.get(partition, 0), partition)

    async def _return_to(self, stored: int, partition: Partition) -> None:
        """
        Read again what lies between the stored position and the consumer's.

        Kafka remembers for the group how far it came; after a restore of our database that is too
        far, and where nothing new arrives no gap would ever show it. What a batch in hand holds
        is delivered twice then, and dropped by the fence.
        """
        consumer = self._consumer()
        if await consumer.position(partition) > stored:
            consumer.seek(partition, stored)

    async def _rewind(self, cursor: Cursor, gap: PositionGap) -> None:
        """
        Read again from the stored positions; a hole that stays a hole is looked into.

        Returning normally lets FastStream commit the rewound positions, which is right; raising
        would seek to the batch's own, too late, start.
        """
        self._logs.compare_again(gap.positions)
        await self._logs.look({it.topic for it in gap.positions})
        self._logs.pause(cursor, gap.positions.keys() & self._logs.held.keys())
        for partition in gap.positions.keys() - self._logs.held.keys():
            self._sought[partition] = gap.positions[partition]
            cursor.seek(partition, gap.positions[partition])

    def _holes(self, batch: Batch[M]) -> set[Partition]:
        """Name the partitions that were sought once already: what is missing there is no record."""
        holes = set()
        for record in batch.records:
            partition = Partition(record.topic, record.partition)
            sought = self._sought.pop(partition, None)
            if sought is not None and first_offset(record) > sought:
                log.info("offsets without records", partition=partition, since=sought)
                holes.add(partition)
        return holes

    def _consumer(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer if self._subscriber else None
        if consumer is None:
            raise KafkaError("the consumer is not running")
        return consumer


def _matching(pattern: str, topics: Iterable[str]) -> set[str]:
    """Choose topics as aiokafka does."""
    return {it for it in topics if re.match(pattern, it)}
