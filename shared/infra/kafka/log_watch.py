"""
Sees that a log is not the one that was read, before a new record passes for an old one.

Looks when a consumer starts, when it rewinds, and every second. What it finds is written to the
position (``held_because``), so that a restart, another instance and the growth of the new log do
not hide it. A held partition is paused here, refused by the inbox, and reported until an operator
accepts the loss (``qcdc positions accept-loss``); then it goes on by itself.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.infra.errors import LogHeld, Partition
from shared.infra.health import Condition, Health
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.log_comparison import Logs, reasons_to_hold
from shared.infra.kafka.logs import LogClient, log_client
from shared.infra.kafka.positions import (
    Positions,
    StoredPosition,
    StreamPartition,
    accept_loss,
    hold,
    remember_log,
)
from shared.infra.kafka.records import Cursor
from shared.infra.kafka.subscription import Subscription

KEYED_STATES = "every record is the whole state of its key: they are read from the beginning again"
"""Recorded where nobody has to decide."""

log = structlog.get_logger()


class LogWatch:
    """Compares the logs of one inbox with what was read of them."""

    def __init__(
        self, bootstrap: str, subscription: Subscription[Any], inbox: Inbox[Any], health: Health
    ) -> None:
        self.held: Mapping[Partition, Condition] = {}
        """As of the last look."""
        self._bootstrap = bootstrap
        self._subscription = subscription
        self._inbox = inbox
        self._health = health
        self._client: LogClient | None = None
        self._compared: dict[Partition, int] = {}
        """The leader epoch under which the newest record was last compared with what lies there."""
        self._paused: set[Partition] = set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold a connection to Kafka for the looks inside of the block."""
        async with log_client(self._bootstrap) as client:
            self._client = client
            self._compared.clear()
            self._paused.clear()
            try:
                yield
            finally:
                self._client = None

    async def look(self, topics: Collection[str]) -> None:
        """
        Compare the logs of *topics*, and of what was read before, with the stored positions.

        Raises:
            KafkaError: when Kafka cannot be asked; nothing was concluded then.

        """
        stored = await self._inbox.stored()
        self._complain(stored)  # also while Kafka does not answer
        if not self._subscription.topics:
            topics = {*topics, *(it.topic for it in stored)}
        logs = await self._connection().describe(topics)
        self._inbox.logs |= {partition.topic: it.id for partition, it in logs.items()}
        found = await self._reasons(stored, logs)
        if found:
            await self._hold(found, stored, logs)
            stored = await self._inbox.stored()
            self._complain(stored)
        await self._remember(stored, logs)

    async def check(self, stored: Positions, ends: Mapping[Partition, int]) -> None:
        """
        Raise LogHeld unless *ends*, asked a moment ago, are those of the logs that were read.

        Between two looks a topic may have been made again.
        """
        ids = await self._connection().ids({it.topic for it in ends})
        reasons = {
            it: position.held_because or Condition.LOG_REPLACED
            for it, position in stored.items()
            if it in ends
            and (
                position.held_because
                or position.log not in (None, ids.get(it.topic))
                or ends[it] < position.next_offset
            )
        }
        if reasons:
            raise LogHeld(reasons)

    async def watch(self, consumer: AIOKafkaConsumer) -> Positions:
        """
        Look, pause what is held, and go on from the stored position where that has ended.

        Return the stored positions.
        """
        await self.look(consumer.subscription() or ())
        assigned = consumer.assignment()
        self.pause(consumer, assigned & self.held.keys())
        released = self._paused - self.held.keys()
        stored = await self._inbox.stored()
        for partition in released & assigned:
            position = stored.get(partition, StoredPosition())
            consumer.seek(partition, position.next_offset)
            consumer.resume(partition)
        self._paused -= released
        return stored

    async def topics(self) -> Mapping[str, int]:
        """Return all topics that exist, and how many partitions each has."""
        return await self._connection().names()

    async def ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Return where each partition ends for who reads no open transaction."""
        return await self._connection().stable_ends(partitions)

    def compare_again(self, partitions: Collection[Partition]) -> None:
        """Compare at the next look what lies at the newest record of *partitions*."""
        for partition in partitions:
            self._compared.pop(partition, None)

    def pause(self, consumer: Cursor, partitions: Collection[Partition]) -> None:
        """Read nothing of *partitions* until a look says that they are not held."""
        consumer.pause(*partitions)
        self._paused.update(partitions)

    async def _reasons(self, stored: Positions, logs: Logs) -> Mapping[Partition, Condition]:
        epochs = {it: state.leader_epoch for it, state in logs.items()}
        again = {it for it, epoch in epochs.items() if self._compared.get(it) != epoch}
        reasons = await reasons_to_hold(self._bootstrap, stored, logs, again)
        self._compared.update(epochs)
        return reasons

    async def _hold(
        self, reasons: Mapping[Partition, Condition], stored: Positions, logs: Logs
    ) -> None:
        async with self._inbox.database.transaction() as connection:
            for partition, why in reasons.items():
                key = StreamPartition(self._inbox.name, partition)
                seen = stored.get(partition, StoredPosition())
                await hold(connection, key, seen, why)
                log.warning(
                    "held", partition=partition, because=why, read=seen, log=logs[partition]
                )
                if self._subscription.keyed_states:
                    await accept_loss(
                        connection, key, logs[partition], self._inbox.service, KEYED_STATES
                    )
                    self._paused.add(partition)

    async def _remember(self, stored: Positions, logs: Logs) -> None:
        """Take over which log it is where an earlier release has read."""
        unknown = {it: s for it, s in stored.items() if s.log is None and it in logs}
        if unknown:
            async with self._inbox.database.transaction() as connection:
                for partition, seen in unknown.items():
                    key = StreamPartition(self._inbox.name, partition)
                    await remember_log(connection, key, seen, logs[partition].id)

    def _complain(self, stored: Positions) -> None:
        held = {it: why for it, position in stored.items() if (why := position.held_because)}
        for partition in self.held.keys() - held.keys():
            self._health.fine(_part(partition))
        for partition, why in held.items():
            self._health.complain(_part(partition), why, self._what_to_do(partition))
        self.held = held

    def _what_to_do(self, partition: Partition) -> str:
        first = f"{self._subscription.refill}, then " if self._subscription.refill else ""
        return (
            f"run: {first}qcdc positions accept-loss --service {self._inbox.service}"
            f" --topic {partition.topic} --partition {partition.partition} --document …"
        )

    def _connection(self) -> LogClient:
        if self._client is None:
            raise KafkaError("not connected to Kafka")
        return self._client


def _part(partition: Partition) -> str:
    return f"log {partition.topic}/{partition.partition}"
