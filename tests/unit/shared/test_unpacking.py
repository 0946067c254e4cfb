"""Batches are unpacked up to a bound, and a partition's offsets all come, each once."""

import gzip
import zlib
from collections.abc import Callable, Sequence

import cramjam
import pytest
from aiokafka.codec import snappy_encode
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException

from shared.infra.errors import Partition
from shared.infra.kafka.broker import kafka_broker
from shared.infra.kafka.fetching import (
    DELIVERY_RECORDS_MAX,
    TURN_BYTES_MAX,
    FetchedBatches,
    FetchedTurn,
    PartitionTurn,
)
from shared.infra.kafka.records import Passage, Record, first_offset
from shared.infra.kafka.unpacking import TOO_LARGE, UNPACKED_BYTES_MAX, UNREADABLE, Packed, unpack
from tests.builders.raw_batches import GZIP, LZ4, SNAPPY, ZSTD, at, batch, bomb, packed, sealed

PACKERS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "gzip": (GZIP, gzip.compress),
    "gzip in two members": (GZIP, lambda it: gzip.compress(it[:5]) + gzip.compress(it[5:])),
    "snappy": (SNAPPY, lambda it: bytes(cramjam.snappy.compress_raw(it))),
    "snappy as Java frames it": (SNAPPY, snappy_encode),
    "lz4": (LZ4, lambda it: bytes(cramjam.lz4.compress(it))),
    "zstd": (ZSTD, lambda it: bytes(cramjam.zstd.compress(it, level=3))),
}
packers = pytest.mark.parametrize(("codec", "pack"), PACKERS.values(), ids=PACKERS)


@packers
def test_what_is_within_the_bound_is_unpacked(codec: int, pack: Callable[[bytes], bytes]) -> None:
    for contents in (b"short one", bytes(UNPACKED_BYTES_MAX)):
        assert unpack(codec, pack(contents)) == contents


@packers
def test_what_is_beyond_the_bound_stays_packed(codec: int, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Packed, match=TOO_LARGE):
        unpack(codec, pack(bytes(UNPACKED_BYTES_MAX + 1)))


@packers
def test_what_is_cut_off_or_rubbish_stays_packed(
    codec: int, pack: Callable[[bytes], bytes]
) -> None:
    for contents in (pack(b"abcdefgh" * 100)[:-9], b"\xff\x06rubbish"):
        with pytest.raises(Packed, match=UNREADABLE):
            unpack(codec, contents)


def test_a_codec_that_nobody_knows_stays_packed() -> None:
    with pytest.raises(Packed, match=UNREADABLE):
        unpack(7, zlib.compress(b"a"))


def test_every_consumer_reads_so() -> None:
    """A release of aiokafka that looks elsewhere would unpack without a bound again."""
    kafka_broker("nowhere:1", "test")

    assert fetcher.MemoryRecords is FetchedBatches
    assert fetcher.PartitionRecords is PartitionTurn
    names = fetcher.Fetcher._proc_fetch_request.__code__.co_names
    assert fetcher.FetchResult is FetchedTurn
    assert {"MemoryRecords", "PartitionRecords", "FetchResult"} <= set(names)


def turn(fetched: bytes, position: int = 0) -> list[Record]:
    """Return what a partition gives in one turn."""
    return list(_turn(fetched, position))


def _turn(fetched: bytes, position: int = 0) -> PartitionTurn:
    batches = FetchedBatches(fetched)
    return PartitionTurn(Partition("t", 0), batches, None, position, None, None, True, 1)


def offsets(records: Sequence[Record]) -> list[tuple[int, int, str | None]]:
    """Return the first and the last offset of each, and why it is a passage."""
    return [
        (first_offset(it), it.offset, (it.reason or "nothing") if isinstance(it, Passage) else None)
        for it in records
    ]


def test_every_offset_comes_once_and_in_order() -> None:
    log = at(3, batch(b"a", b"b")) + at(9, bomb(9)) + at(12, batch(b"c"))

    assert offsets(turn(log, 1)) == [
        (1, 2, "nothing"),
        (3, 3, None),
        (4, 4, None),
        (5, 8, "nothing"),
        (9, 9, "too_large_unpacked"),
    ]
    assert offsets(turn(log, 10)) == [(10, 11, "nothing"), (12, 12, None)]
    assert offsets(turn(log, 4))[0] == (4, 4, None)


def test_a_batch_that_stays_packed_is_kept_as_it_came() -> None:
    raw = packed(batch(b"a", b"b", b"c"), ZSTD, b"rubbish")

    (record,) = turn(raw)

    assert (first_offset(record), record.offset, record.value) == (0, 2, raw)


def test_a_damaged_batch_is_not_passed_over() -> None:
    """Nobody knows what its header says, so nobody knows where the next one begins."""
    log = batch(b"a") + at(1, batch(b"b"))[:-1] + b"?"

    assert offsets(turn(log)) == [(0, 0, None)]
    with pytest.raises(CorruptRecordException):
        turn(log, 1)


def test_a_turn_ends() -> None:
    """So that the next partition is not kept waiting, and memory is bounded."""
    many = batch(*[b"1"] * (DELIVERY_RECORDS_MAX + 10))
    large = batch(*[bytes(TURN_BYTES_MAX // 2)] * 5)

    one = _turn(many)
    assert len(list(one)) == DELIVERY_RECORDS_MAX
    assert one.next_fetch_offset == DELIVERY_RECORDS_MAX
    assert len(turn(large)) == 2
    assert len(turn(large, 4)) == 1


def test_the_answer_may_end_within_a_batch() -> None:
    log = batch(b"a") + at(1, batch(b"b"))

    assert offsets(turn(log[:-5])) == [(0, 0, None)]
    assert not FetchedBatches(batch(b"a")[:-1]).has_next()
    assert offsets(turn(sealed(batch(b"a")))) == [(0, 0, None)]
