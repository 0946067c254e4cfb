"""Records as Kafka delivers them, one by one and in batches, and what the decoders made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeAlias, TypeVar

from aiokafka import ConsumerRecord

from shared.contracts.values import INSTANT_MAX
from shared.infra.errors import Partition

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
M = TypeVar("M")
EPOCH = datetime.fromtimestamp(0, UTC)
_LAST_MS = (INSTANT_MAX - EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that cannot be read; ``reason`` is the code of its dead letter."""

    reason: str


@dataclass(frozen=True, slots=True)
class Newer(Poison):
    """
    A record that we wrote ourselves and only a newer release can read.

    Its partition stops before it instead of losing it, and goes on after the upgrade.
    """


@dataclass(frozen=True, slots=True)
class NoMessage:
    """Offsets that hold no record: nothing is to be done but to go on behind them."""


@dataclass
class Passage(ConsumerRecord[bytes | None, bytes | None]):  # type: ignore[misc] # it has no types
    """
    Offsets of one partition, from ``first`` to ``offset``, at which nobody can read a record.

    With a *reason* they are those of a batch, which is the value, as it came; without one the log
    holds nothing there: a transaction's marker, what was aborted, what compaction took away.
    """

    first: int
    reason: str | None = None


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
    messages: Sequence[M | Poison | NoMessage]


def place_of(record: Record) -> str:
    """Name the place of a record: ``topic/partition/offset``."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def has_possible_time(record: Record) -> bool:
    """Return whether the time of a record is one: a producer may write what it likes, or none."""
    milliseconds: int = record.timestamp
    return 0 <= milliseconds <= _LAST_MS


def appended_at(record: Record) -> datetime:
    """
    Return the instant at which the broker appended the record, or its producer made it.

    Exact where the topic has LogAppendTime. An impossible time becomes the nearest possible one.
    """
    return EPOCH + timedelta(milliseconds=min(max(record.timestamp, 0), _LAST_MS))


def first_offset(record: Record) -> int:
    """Return the first offset that *record* covers; all but a ``Passage`` cover one."""
    return record.first if isinstance(record, Passage) else record.offset


def message_of(record: Record, decode: Callable[[Record], M | Poison]) -> M | Poison | NoMessage:
    """Return what *decode* makes of a record, and never ask it about a passage."""
    if not isinstance(record, Passage):
        return decode(record)
    return NoMessage() if record.reason is None else Poison(record.reason)
