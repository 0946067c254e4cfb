"""Partitions that wait beside an open breaker: paused, reported, and read on once it has closed."""

from collections.abc import Collection
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.infra.errors import BreakerOpen, Partition
from shared.infra.health import Condition, Health
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Cursor


class BreakerWatch:
    """Pauses a partition whose breaker has opened, and goes on by itself."""

    def __init__(self, inbox: Inbox[Any], health: Health) -> None:
        self.offsets: dict[Partition, int] = {}
        """Where each partition that waits has stopped."""
        self._inbox = inbox
        self._health = health

    def stop(self, cursor: Cursor, breaker: BreakerOpen) -> None:
        """Read nothing more of these partitions."""
        for partition, offset in breaker.positions.items():
            cursor.seek(partition, offset)
            cursor.pause(partition)
            self.offsets[partition] = offset
            self._health.complain(_part(partition), Condition.BREAKER_OPEN, f"offset {offset}")

    async def go_on(self, consumer: AIOKafkaConsumer, existing: Collection[Partition]) -> None:
        """Go on where the breaker has closed; forget the partitions that exist no more."""
        if not self.offsets:
            return
        still_open = await self._inbox.open_breakers() & set(existing)
        for partition in self.offsets.keys() - still_open:
            if partition in consumer.assignment():
                consumer.resume(partition)
            self._health.fine(_part(partition))
            del self.offsets[partition]


def _part(partition: Partition) -> str:
    return f"breaker {partition.topic}/{partition.partition}"
