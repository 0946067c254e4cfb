"""Whatever a producer has packed: it is read, or kept packed, and the partition goes on."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import pytest
from aiokafka import AIOKafkaProducer

from shared.infra.errors import Partition
from tests.builders.plumbing import dead_letters, new_topic, publish, running, seen
from tests.builders.raw_batches import LZ4, ZSTD, append, batch, bomb, sealed
from tests.eventually import eventually


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_codec_is_read(kafka: str, postgres_url: str, codec: str) -> None:
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1"])
    async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type=codec) as producer:
        for number in range(2, 50):
            await producer.send(topic, b"%d" % number, partition=0)
    await publish(kafka, topic, [b"50"])

    async with running(kafka, postgres_url, topic) as it:

        async def all_seen() -> bool:
            return await seen(it.database) == list(range(1, 51)) and not it.health.complaints

        await eventually(all_seen)


async def test_what_stays_packed_is_kept_and_the_partition_goes_on(
    kafka: str, postgres_url: str
) -> None:
    """Several in a row, and one amid what can be read."""
    partition = Partition(await new_topic(kafka), 0)
    bad_header = batch(b"3", b"4", headers=[("name", b"x")]).replace(b"name", b"\xff\xfe\xff\xfe")
    await append(
        kafka,
        partition,
        batch(b"1", b"2"),
        *[bomb(20)] * 3,
        sealed(bad_header),
        batch(b"5"),
    )

    async with running(kafka, postgres_url, partition.topic) as it:

        async def all_seen() -> bool:
            return await seen(it.database) == [1, 2, 5] and not it.health.complaints

        await eventually(all_seen)
        assert await dead_letters(it.database) == [
            (2, "too_large_unpacked"),
            (3, "too_large_unpacked"),
            (4, "too_large_unpacked"),
            (5, "unreadable_batch"),
        ]
        assert await it.reader.behind() == 0


MEASURED = """
import asyncio, sys
from pathlib import Path
from shared.infra.errors import Partition
from shared.infra.kafka import fetching
from shared.infra.kafka.broker import consume, kafka_broker
from shared.infra.kafka.subscription import subscriber

def kilobytes():  # ru_maxrss would be that of pytest, from which this process was forked
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(it.split()[1]) for it in lines if it.startswith("VmHWM"))

async def main(bootstrap, topic):
    done = asyncio.Event()

    @subscriber(topic, group=f"g-{topic}", decode=lambda record: record.value)
    async def ignored(_, __): ...

    async def handle(batch):
        if batch.messages[-1] == b"end":
            done.set()

    broker = kafka_broker(bootstrap, "measured")
    consume(broker, ignored, "0", handle)
    before = kilobytes()
    await broker.start()
    await asyncio.wait_for(done.wait(), 60)
    print((kilobytes() - before) // 1024)
    await broker.stop()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_bomb_takes_no_memory(kafka: str) -> None:
    """300 MiB of zeros, packed to 0.3 MB and less, ten times in a row."""
    partition = Partition(await new_topic(kafka), 0)
    bombs = [bomb(300), bomb(200, LZ4), bomb(300, ZSTD)]  # of lz4 more would not fit into a message
    await append(kafka, partition, batch(b"begin"), *bombs * 3, bombs[0], batch(b"end"))

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEASURED, kafka, partition.topic, stdout=PIPE, stderr=PIPE
    )
    out, errors = await process.communicate()

    assert process.returncode == 0, errors.decode()
    print(f"grew by {int(out)} MB")
    assert int(out) < 60
