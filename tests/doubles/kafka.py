"""A consumer in memory, under FastStream."""

from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord

from shared.infra.errors import Partition
from shared.infra.kafka.records import Record

PARTITION = Partition("any", 0)


class MemoryConsumer:
    """
    Stands in for the class ``aiokafka.AIOKafkaConsumer`` and for its only instance.

    FastStream's test broker knows neither offsets nor commits, and no header that is not UTF-8.
    """

    def __init__(self, *records: Record) -> None:
        self.records = records
        self.options: dict[str, Any] = {}
        """What FastStream, told by us, hands to aiokafka."""
        self.asked: dict[str, Any] = {}
        """How it asks for the next batch."""
        self.position = 0
        self.committed: list[int] = []
        """The position at each commit."""

    def __call__(self, **options: Any) -> "MemoryConsumer":
        self.options = options
        return self

    def subscribe(self, **_: object) -> None:
        """Every record is of the topic subscribed to."""

    async def start(self) -> None:
        """Nothing is connected."""

    async def stop(self) -> None:
        """Nothing was connected."""

    async def getmany(self, **asked: Any) -> dict[Partition, Sequence[Record]]:
        """Return what lies at the position or behind, and move there."""
        self.asked = asked
        found, self.position = self.records[self.position :], len(self.records)
        return {PARTITION: found} if found else {}

    def seek(self, partition: Partition, offset: int) -> None:
        """Read on from *offset*."""
        assert partition == PARTITION
        self.position = offset

    async def commit(self) -> None:
        """Keep the position."""
        self.committed.append(self.position)


def records(*bodies: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> list[Record]:
    """Return consecutive records of the partition."""
    return [
        ConsumerRecord(
            topic=PARTITION.topic,
            partition=PARTITION.partition,
            offset=offset,
            timestamp=1_760_494_448_391,
            timestamp_type=1,
            key=b"key",
            value=body,
            checksum=None,
            serialized_key_size=3,
            serialized_value_size=len(body),
            headers=tuple(headers),
        )
        for offset, body in enumerate(bodies)
    ]
