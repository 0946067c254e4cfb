"""Record batches as no producer of ours writes them, appended to a partition as they are."""

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import cramjam
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c, encode_varint

from shared.infra.errors import Partition

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
HEADER_BYTES = 61
_MIB = 1_048_576


def batch(*values: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return the batch that a producer writes without compression."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 30)
    for offset, value in enumerate(values):
        builder.append(offset, 1_760_494_448_391, b"key", value, list(headers))
    return bytes(builder.build())


def packed(plain: bytes, codec: int, contents: bytes) -> bytes:
    """Return *plain* with other contents, said to be packed with *codec*."""
    head = bytearray(plain[:HEADER_BYTES])
    struct.pack_into(">i", head, 8, HEADER_BYTES - 12 + len(contents))
    struct.pack_into(">h", head, 21, codec)
    return sealed(bytes(head) + contents)


def sealed(changed: bytes) -> bytes:
    """Return the batch with the checksum that its bytes have now."""
    whole = bytearray(changed)
    struct.pack_into(">I", whole, 17, calc_crc32c(bytes(whole[21:])))
    return bytes(whole)


def at(offset: int, any_batch: bytes) -> bytes:
    """Return the batch as a broker stores it from *offset* on."""
    return struct.pack(">q", offset) + any_batch[8:]


def bomb(mebibytes: int, codec: int = GZIP) -> bytes:
    """Return a small batch of one record whose value is so many mebibytes of zeros."""
    before, after, length = bytearray(b"\0"), bytearray(), bytearray()
    for number in (0, 0, 3):  # timestamp and offset, as deltas; then the key
        encode_varint(number, before.append)
    before += b"key"
    encode_varint(mebibytes * _MIB, before.append)
    encode_varint(0, after.append)  # headers
    encode_varint(len(before) + mebibytes * _MIB + len(after), length.append)
    packer = _PACKERS[codec]()
    for part in (length + before, *[bytes(_MIB)] * mebibytes, after):
        packer.compress(bytes(part))
    return packed(batch(b"0"), codec, bytes(packer.finish()))


_PACKERS: Mapping[int, Callable[[], Any]] = {
    GZIP: partial(cramjam.gzip.Compressor, level=9),
    LZ4: partial(cramjam.lz4.Compressor, level=9, content_checksum=False, block_linked=False),
    ZSTD: partial(cramjam.zstd.Compressor, level=19),
}


async def append(bootstrap: str, partition: Partition, *batches: bytes) -> None:
    """
    Append batches, each in a request of its own.

    Raises:
        KafkaError: what the broker has against one of them.

    """
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        await client._wait_on_metadata(partition.topic)
        leader = client.cluster.leader_for_partition(partition)
        for raw in batches:
            topics = [(partition.topic, [(partition.partition, raw)])]
            answer = await client.send(leader, ProduceRequest(None, 1, 10_000, topics))
            (((_, ((_, code, *_),)),), *_) = (answer.topics,)
            if code:
                raise for_code(code)(partition)
    finally:
        await client.close()
