"""Partitions that wait for a newer release: what we wrote ourselves is never given up."""

from aiokafka import AIOKafkaConsumer

from shared.infra.errors import Partition, ReleaseTooOld
from shared.infra.health import Condition, Health
from shared.infra.kafka.positions import Positions
from shared.infra.kafka.records import Cursor


class NewerRecords:
    """Pauses a partition before a record that only a newer release can read, and says so."""

    def __init__(self, health: Health) -> None:
        self.offsets: dict[Partition, int] = {}
        """Where each partition that waits has stopped."""
        self._health = health

    def stop(self, cursor: Cursor, problem: ReleaseTooOld) -> None:
        """Read nothing more of these partitions."""
        for partition, (offset, reason) in problem.stopped.items():
            cursor.seek(partition, offset)
            cursor.pause(partition)
            self.offsets[partition] = offset
            detail = f"offset {offset}: {reason}; install the release that wrote it"
            self._health.complain(_part(partition), Condition.NEWER_THAN_THIS_RELEASE, detail)

    def go_on(self, consumer: AIOKafkaConsumer, stored: Positions) -> None:
        """Go on where another instance, of a newer release, has read the record meanwhile."""
        passed = {
            it: stored[it].next_offset
            for it, offset in self.offsets.items()
            if it in stored and stored[it].next_offset > offset
        }
        for partition, next_offset in passed.items():
            self._health.fine(_part(partition))
            del self.offsets[partition]
            if partition in consumer.assignment():
                consumer.seek(partition, next_offset)
                consumer.resume(partition)


def _part(partition: Partition) -> str:
    return f"release {partition.topic}/{partition.partition}"
