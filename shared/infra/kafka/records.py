"""Records as Kafka delivers them, one by one and in batches, and what the decoders made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeAlias, TypeVar

from aiokafka import ConsumerRecord

from shared.infra.errors import Partition

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that cannot be read; ``reason`` is the code of its dead letter."""

    reason: str


class Cursor(Protocol):
    """The part of a Kafka consumer that a batch may move."""

    def seek(self, partition: Partition, offset: int) -> None:
        """Read on from *offset*."""

    def pause(self, *partitions: Partition) -> None:
        """Fetch nothing more of *partitions* for now."""

    async def beginning_offsets(self, partitions: Sequence[Partition]) -> dict[Partition, int]:
        """Return the oldest offset that Kafka still holds."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[M]):
    """Records as they came, what each of them says, and the cursor that they came from."""

    cursor: Cursor
    records: Sequence[Record]
    messages: Sequence[M | Poison]


def appended_at(record: Record) -> datetime:
    """Return the instant at which the broker appended the record (topics use LogAppendTime)."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
