"""
Unpack what a producer has compressed, never beyond a bound.

aiokafka unpacks a batch whole, however large it becomes: 0.7 MB of gzip held 700 MB, and took
intake 4 GB. Here the bound holds before memory is taken. See
``docs/decisions/0013-one-sender-is-one-sender.md``.
"""

import zlib
from collections.abc import Callable, Mapping
from struct import Struct

import cramjam

UNPACKED_BYTES_MAX = 8 * 1_048_576
"""Of one batch. A producer fills ``batch.size`` before it compresses, 16 kB by default; a batch of
one mebibyte on the wire, Kafka's limit, that was packed to an eighth still passes."""

TOO_LARGE = "too_large_unpacked"
UNREADABLE = "unreadable_batch"

_GZIP_WITH_HEADER = 31
_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_HEADER_BYTES = 16
_BLOCK_LENGTH = Struct(">i")
_OVERFLOW = "failed to write whole buffer"  # what cramjam says when the output is full
_scratch = bytearray(UNPACKED_BYTES_MAX)  # taken once; a page that is never written costs nothing


class Packed(Exception):
    """A batch stays packed; ``reason`` is the code of its dead letter."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unpack(codec: int, packed: bytes) -> bytes:
    """
    Unpack *packed*; *codec* is the number in the attributes of Kafka's record batch.

    Raises:
        Packed: it cannot be unpacked, or is larger than ``UNPACKED_BYTES_MAX`` then.

    """
    try:
        unpacker = _UNPACKERS[codec]
    except KeyError:
        raise Packed(UNREADABLE) from None
    try:
        return unpacker(packed)
    except cramjam.DecompressionError as problem:
        raise Packed(TOO_LARGE if str(problem) == _OVERFLOW else UNREADABLE) from problem
    except zlib.error as problem:
        raise Packed(UNREADABLE) from problem


def _gzip(packed: bytes) -> bytes:
    """Unpack all members of a gzip file, one after the other."""
    unpacked = bytearray()
    while packed:
        member = zlib.decompressobj(_GZIP_WITH_HEADER)
        unpacked += member.decompress(packed, UNPACKED_BYTES_MAX - len(unpacked) + 1)
        if len(unpacked) > UNPACKED_BYTES_MAX:
            raise Packed(TOO_LARGE)
        if not member.eof:
            raise Packed(UNREADABLE)
        packed = member.unused_data
    return bytes(unpacked)


def _snappy(packed: bytes) -> bytes:
    """Unpack one block, or the blocks that the Java clients frame in their own way (xerial)."""
    if not packed.startswith(_XERIAL_MAGIC):
        return _snappy_block(packed, UNPACKED_BYTES_MAX)
    unpacked, position = bytearray(), _XERIAL_HEADER_BYTES
    while position + _BLOCK_LENGTH.size <= len(packed):
        (length,) = _BLOCK_LENGTH.unpack_from(packed, position)
        position += _BLOCK_LENGTH.size
        if length <= 0 or position + length > len(packed):
            raise Packed(UNREADABLE)
        block = packed[position : position + length]
        unpacked += _snappy_block(block, UNPACKED_BYTES_MAX - len(unpacked))
        position += length
    return bytes(unpacked)


def _snappy_block(block: bytes, bytes_max: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(block) > bytes_max:  # the block says so itself
        raise Packed(TOO_LARGE)
    return bytes(cramjam.snappy.decompress_raw(block))


def _lz4(packed: bytes) -> bytes:
    return _unpacked(cramjam.lz4.decompress_into(packed, _scratch))


def _zstd(packed: bytes) -> bytes:
    return _unpacked(cramjam.zstd.decompress_into(packed, _scratch))


def _unpacked(length: int) -> bytes:
    return bytes(memoryview(_scratch)[:length])


_UNPACKERS: Mapping[int, Callable[[bytes], bytes]] = {1: _gzip, 2: _snappy, 3: _lz4, 4: _zstd}
