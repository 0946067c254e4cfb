"""
How aiokafka reads what a broker has sent: bounded, whole and by turns.

aiokafka 0.14 unpacks a batch whole, raises for ever at a batch that it cannot read, skips offsets
without a record silently, and hands out one partition before it looks at the next. It has options
for none of that, so ``install`` puts three classes in the place of its own; a test reads that
they are in force. See ``docs/decisions/0013-one-sender-is-one-sender.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch

from shared.infra.errors import Partition
from shared.infra.kafka.records import Passage, Record, first_offset
from shared.infra.kafka.unpacking import UNPACKED_BYTES_MAX, UNREADABLE, Packed, unpack

DELIVERY_RECORDS_MAX = 1000
"""Of all partitions together; a turn is a share of it, so that a delivery has room for each."""

TURN_RECORDS_MIN = 80
TURN_BYTES_MAX = 1_048_576
"""Of one partition before the next has its turn; what is left over is fetched again."""

_PREFIX = Struct(">qi")  # base offset, length of what follows
_HEADER = Struct(">qiibIhiqqqhii")
_LENGTH, _MAGIC, _ATTRIBUTES = (Struct(it) for it in (">i", ">b", ">h"))
_LENGTH_AT, _MAGIC_AT, _ATTRIBUTES_AT = 8, 16, 21
_CODEC_BITS = 0x07
_MAGIC_OF_BATCHES = 2


def install() -> None:
    """Let every consumer of this process read in this way."""
    fetcher.MemoryRecords = FetchedBatches
    fetcher.PartitionRecords = PartitionTurn
    fetcher.FetchResult = FetchedTurn


class FetchedBatch:
    """One batch of records, packed as it came."""

    def __init__(self, raw: memoryview) -> None:
        self.raw = raw
        self.header = DefaultRecordBatch(raw)

    def records(self) -> Iterator[Any]:
        """
        Yield aiokafka's records.

        Raises:
            Packed: they cannot be unpacked within the bound.
            Exception: aiokafka cannot read one of them; it has many names for that.

        """
        codec = self.header.compression_type
        if not codec:
            return iter(self.header)
        head = bytearray(self.raw[: _HEADER.size])
        unpacked = unpack(codec, bytes(self.raw[_HEADER.size :]))
        attributes = self.header.attributes & ~_CODEC_BITS
        _ATTRIBUTES.pack_into(head, _ATTRIBUTES_AT, attributes)
        _LENGTH.pack_into(head, _LENGTH_AT, len(head) + len(unpacked) - _PREFIX.size)
        return iter(DefaultRecordBatch(bytes(head + unpacked)))

    @property
    def sound(self) -> bool:
        """
        Whether it is undamaged, and of the format that producers write since Kafka 0.11.

        If not, then its header is not to be trusted either, and nobody knows where the next begins.
        """
        (magic,) = _MAGIC.unpack_from(self.raw, _MAGIC_AT)
        return magic == _MAGIC_OF_BATCHES and bool(self.header.validate_crc())


class FetchedBatches:
    """The batches of one partition in the answer to a fetch; the last one may be cut off."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched = memoryview(fetched)
        self._position = 0

    def size_in_bytes(self) -> int:
        """Return how much was fetched."""
        return len(self._fetched)

    def has_next(self) -> bool:
        """Return whether another whole batch was fetched."""
        return self._end() is not None

    def __iter__(self) -> Iterator[FetchedBatch]:
        while (end := self._end()) is not None:
            raw, self._position = self._fetched[self._position : end], end
            if len(raw) < _HEADER.size:
                raise CorruptRecordException("a batch that is shorter than its header")
            yield FetchedBatch(raw)

    def _end(self) -> int | None:
        if len(self._fetched) < self._position + _PREFIX.size:
            return None
        _, length = _PREFIX.unpack_from(self._fetched, self._position)
        end = self._position + _PREFIX.size + length
        return end if end <= len(self._fetched) else None


class PartitionTurn(PartitionRecords):  # type: ignore[misc] # it has no types
    """
    What one partition gives before the next is asked: every offset once, in order.

    Offsets without a record that can be read are passages.

    Raises CorruptRecordException while a damaged batch is the next one.
    """

    next_fetch_offset: int
    records_max = DELIVERY_RECORDS_MAX

    def _unpack_records(self) -> Iterator[Record]:
        given, turn, batch = self.next_fetch_offset, _Turn(self.records_max), None
        for batch in self._sound_batches(turn):
            for record in self._contents(batch):
                if record.offset < self.next_fetch_offset:
                    continue
                if (first := first_offset(record)) > given:
                    self.next_fetch_offset = first
                    yield self._passage(batch, given, first - 1)
                self.next_fetch_offset = given = record.offset + 1
                yield record
                turn.add(record)
                if turn.over:
                    return
            self.next_fetch_offset = max(self.next_fetch_offset, batch.header.next_offset)
        if batch is not None and given < self.next_fetch_offset:
            yield self._passage(batch, given, self.next_fetch_offset - 1)

    def _sound_batches(self, turn: "_Turn") -> Iterator[FetchedBatch]:
        for batch in self._records:
            if batch.sound:
                yield batch
            elif turn.records:
                return  # what has been read is given first
            else:
                raise CorruptRecordException(f"a damaged batch in {self._tp}")

    def _contents(self, batch: FetchedBatch) -> Iterator[Record]:
        """Yield the committed records of a batch, and a passage for what cannot be read of it."""
        try:
            if not self._committed(batch.header):
                return
            for record in batch.records():
                yield self._consumer_record(self._tp, record)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must not stop the partition
            reason = problem.reason if isinstance(problem, Packed) else UNREADABLE
            first = max(batch.header.base_offset, self.next_fetch_offset)
            last = batch.header.next_offset - 1
            yield self._passage(batch, first, last, reason, bytes(batch.raw))

    def _committed(self, header: Any) -> bool:
        """Tell whether a batch holds records that count: no marker, and of no aborted producer."""
        if self._isolation_level == READ_COMMITTED and header.producer_id is not None:
            self._consume_aborted_up_to(header.base_offset)
            if header.is_control_batch and self._contains_abort_marker(header):
                self._aborted_producers.discard(header.producer_id)
            if header.is_transactional and header.producer_id in self._aborted_producers:
                return False
        return not header.is_control_batch

    def _passage(
        self,
        batch: FetchedBatch,
        first: int,
        last: int,
        reason: str | None = None,
        value: bytes | None = None,
    ) -> Passage:
        return Passage(
            topic=self._tp.topic,
            partition=self._tp.partition,
            offset=last,
            timestamp=batch.header.max_timestamp,
            timestamp_type=batch.header.timestamp_type,
            key=None,
            value=value,
            checksum=None,
            serialized_key_size=-1,
            serialized_value_size=-1 if value is None else len(value),
            headers=(),
            first=first,
            reason=reason,
        )


class FetchedTurn(FetchResult):  # type: ignore[misc] # it has no types
    """A turn as it waits to be asked for; the more partitions are read, the shorter it is."""

    def __init__(self, partition: Partition, *, assignment: Any, **options: Any) -> None:
        super().__init__(partition, assignment=assignment, **options)
        share = DELIVERY_RECORDS_MAX // len(assignment.tps)
        options["partition_records"].records_max = max(TURN_RECORDS_MIN, share)


@dataclass(slots=True)
class _Turn:
    """What a partition has given so far."""

    records_max: int
    records: int = 0
    size: int = 0

    def add(self, record: Record) -> None:
        """Count one more; a batch that stays packed has cost the most."""
        self.records += 1
        if isinstance(record, Passage):
            self.size += UNPACKED_BYTES_MAX if record.reason else 0
        else:
            self.size += max(record.serialized_key_size, 0) + max(record.serialized_value_size, 0)

    @property
    def over(self) -> bool:
        """Whether the next partition comes first now."""
        return self.records >= self.records_max or self.size >= TURN_BYTES_MAX
