"""Faults of records: what one sender, or whoever may write to a topic, can put on it."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.topics import DIRECTORY, REPORTS, WATERMARKS, submissions_topic
from tests.chaos.chase import now
from tests.chaos.faults.scene import Scene, producer_of
from tests.chaos.workload import FORM, POISON

SUBMITTED = [("ce_type", b"qcdc.ReportSubmitted.v1")]
BOMB_BYTES = 150_000_000
FLOOD = 2_000
CODECS = ("gzip", "lz4", "snappy", "zstd")


def _nonsense(scene: Scene) -> bytes:
    """Return a submission that can be read and must be rejected."""
    number = scene.random.getrandbits(64)
    return json.dumps(
        {"event_id": f"hostile-{number}", "unit": "00000.9", "form": FORM, "figures": {}}
    ).encode()


async def _send_all(
    kafka: AIOKafkaProducer, scene: Scene, bodies: Sequence[bytes | None], partition: int = 1
) -> None:
    """Send without waiting for each; what the broker does not take is nobody's loss."""
    topic = submissions_topic(scene.hostile)
    sent = [
        await kafka.send(topic, body, key=b"k", partition=partition, headers=SUBMITTED)
        for body in bodies
    ]
    await asyncio.gather(*sent, return_exceptions=True)


async def compressed(scene: Scene) -> None:
    """Send records in each codec that producers use."""
    for codec in CODECS:
        with suppress(KafkaError):
            async with producer_of(scene, compression_type=codec) as kafka:
                await _send_all(kafka, scene, [_nonsense(scene) for _ in range(20)])


async def bomb(scene: Scene) -> None:
    """Send a batch that is small on the wire and would fill the memory of whoever unpacks it."""
    codec = scene.random.choice(["gzip", "zstd"])
    with suppress(KafkaError):
        async with producer_of(
            scene, compression_type=codec, max_request_size=2 * BOMB_BYTES
        ) as kafka:
            await kafka.send_and_wait(submissions_topic(scene.hostile), bytes(BOMB_BYTES))


async def unreadable(scene: Scene) -> None:
    """Send more unreadable records to one partition than a breaker lets pass."""
    with suppress(KafkaError):
        async with producer_of(scene) as kafka:
            bodies = [scene.random.choice(POISON) for _ in range(30)]
            await _send_all(kafka, scene, bodies, partition=0)


async def large(scene: Scene) -> None:
    """Send unreadable records whose key and value are both as large as the broker takes."""
    with suppress(KafkaError):
        async with producer_of(scene) as kafka:
            await kafka.send_and_wait(
                submissions_topic(scene.hostile),
                b"x" * 490_000,
                key=b"k" * 490_000,
                headers=SUBMITTED,
            )


async def flood(scene: Scene) -> None:
    """Send thousands of submissions at once."""
    with suppress(KafkaError):
        async with producer_of(scene) as kafka:
            await _send_all(kafka, scene, [_nonsense(scene) for _ in range(FLOOD)])


async def transactions(scene: Scene) -> None:
    """Commit a transaction, abort another, and leave a third open for a while."""
    name = f"hostile-{scene.random.getrandbits(32)}"
    topic = submissions_topic(scene.hostile)
    with suppress(KafkaError):
        async with producer_of(
            scene, transactional_id=name, transaction_timeout_ms=20_000
        ) as kafka:
            async with kafka.transaction():
                await kafka.send_and_wait(topic, _nonsense(scene), headers=SUBMITTED)
            await kafka.begin_transaction()
            await kafka.send_and_wait(topic, _nonsense(scene), headers=SUBMITTED)
            await kafka.abort_transaction()
            await kafka.begin_transaction()
            await kafka.send_and_wait(topic, _nonsense(scene), headers=SUBMITTED)
            await scene.pause(1, 8)
            await kafka.commit_transaction()


async def poison_of_ours(scene: Scene) -> None:
    """Put what nobody can read on the topics that only we should write to."""
    with suppress(KafkaError):
        async with producer_of(scene) as kafka:
            for topic in (REPORTS, WATERMARKS, DIRECTORY):
                await kafka.send_and_wait(
                    topic, scene.random.choice(POISON), key=b"\x00", partition=0
                )
            await kafka.send_and_wait(
                REPORTS, b"nope", partition=1, timestamp_ms=-62_200_000_000_000
            )


async def future_watermark(scene: Scene) -> None:
    """Let a clock that runs a day ahead claim that everything has been received."""
    later = now() + timedelta(days=1)
    name = f"ahead-{scene.random.getrandbits(32)}"
    event = {
        "event_id": name,
        "occurred_at": later.isoformat(),
        "watermark": later.isoformat(),
    }
    with suppress(KafkaError):
        async with producer_of(scene) as kafka:
            await kafka.send_and_wait(
                WATERMARKS,
                json.dumps(event).encode(),
                key=b"intake",
                partition=0,
                headers=[
                    ("ce_type", b"qcdc.IntakeCaughtUp.v1"),
                    ("ce_id", event["event_id"].encode()),
                ],
            )
