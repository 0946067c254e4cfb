"""Two processes of one service: who leaves hands over its partitions, and who is killed soon."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import receipts_topic, submissions_topic
from tests.builders.intake_service import SUBMITTED, body_of, document
from tests.builders.service_process import process_of
from tests.eventually import eventually
from tools.deployment.deployment import Deployment, Plan
from tools.deployment.service import Service
from tools.stack.stack import Stack

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(300),
    pytest.mark.usefixtures("only_in_the_long_run"),
]
SOURCE = "demo"
PARTITIONS = 6
EVERY_SECONDS = 0.05


@pytest.fixture
def deployment(stack: Stack, ninh_binh_whole: Path) -> Iterator[Deployment]:
    """Provide topics, tables and a directory."""
    with Deployment.prepare(stack, Plan((SOURCE,), directory_files=[ninh_binh_whole])) as made:
        yield made


@dataclass
class Traffic:
    """Submissions to every partition in turn, and how long each waited for its receipt."""

    sent: dict[str, float] = field(default_factory=dict)
    waited: dict[str, float] = field(default_factory=dict)

    async def send(self, kafka: AIOKafkaProducer) -> None:
        """Send until cancelled."""
        for number in itertools.count():
            one = document(number % 50, number % 7 + 1)
            await kafka.send_and_wait(
                submissions_topic(SOURCE),
                str(one).replace("'", '"').replace("None", "null").encode(),
                partition=number % PARTITIONS,
                headers=[SUBMITTED],
            )
            self.sent[one["event_id"]] = time.monotonic()
            await asyncio.sleep(EVERY_SECONDS)

    async def receive(self, receipts: AIOKafkaConsumer) -> None:
        """Note the receipts until cancelled."""
        async for record in receipts:
            event_id = body_of(record)["submission_id"]
            self.waited.setdefault(event_id, time.monotonic() - self.sent[event_id])

    async def longest_wait_since(self, instant: float) -> float:
        """Wait for all that was sent up to now; return the longest wait since *instant*."""
        wanted = [it for it, at in self.sent.items() if at >= instant]

        async def answered() -> bool:
            return bool(wanted) and all(it in self.waited for it in wanted)

        await eventually(answered, seconds=40)
        return max(self.waited[it] for it in wanted)


@asynccontextmanager
async def traffic(kafka: str) -> AsyncIterator[Traffic]:
    """Keep submissions coming while the block lasts."""
    flow = Traffic()
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=0) as producer,
        AIOKafkaConsumer(receipts_topic(SOURCE), bootstrap_servers=kafka) as receipts,
    ):
        await receipts.seek_to_end()
        tasks = [asyncio.create_task(it) for it in (flow.receive(receipts), flow.send(producer))]
        try:
            yield flow
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def both_read(flow: Traffic) -> None:
    """Wait until nothing waits long: both have their partitions."""

    async def quick() -> bool:
        begun = time.monotonic()
        await asyncio.sleep(1)
        return await flow.longest_wait_since(begun) < 1

    await eventually(quick, seconds=60)


async def test_who_leaves_hands_over_and_who_is_killed_soon(
    deployment: Deployment, tmp_path: Path
) -> None:
    """SIGTERM: within three seconds; SIGKILL: within the session's nine, and a little to notice."""
    with ExitStack() as end:

        def started(instance: str) -> Service:
            log = tmp_path / f"{instance}.log"
            service = end.enter_context(
                process_of(deployment, "intake", log, QCDC_INSTANCE=instance)
            )
            service.wait_ready()
            return service

        await asyncio.to_thread(started, "a")
        async with traffic(deployment.kafka) as flow:
            leaver = await asyncio.to_thread(started, "b")
            await both_read(flow)

            began = time.monotonic()
            await asyncio.to_thread(leaver.stop)
            left = await flow.longest_wait_since(began - EVERY_SECONDS)

            victim = await asyncio.to_thread(started, "c")
            await both_read(flow)
            began = time.monotonic()
            await asyncio.to_thread(victim.kill)
            await asyncio.sleep(1)
            killed = await flow.longest_wait_since(began - EVERY_SECONDS)

    print(f"handed over in {left:.1f} s, after a kill in {killed:.1f} s")
    assert left < 3
    assert killed < 12


async def test_who_is_alone_keeps_its_place(deployment: Deployment, tmp_path: Path) -> None:
    """A restart must stay quick: a member that left would join an empty group, which waits."""
    with process_of(deployment, "intake", tmp_path / "log", QCDC_INSTANCE="alone") as intake:
        intake.wait_ready()
        async with traffic(deployment.kafka) as flow:
            await both_read(flow)
            began = time.monotonic()
            await asyncio.to_thread(intake.stop)
            kept = await members(deployment.kafka, "intake")
            intake.start()
            waited = await flow.longest_wait_since(began - EVERY_SECONDS)

    print(f"all answered {waited:.1f} s after the stop")
    assert kept == 1


async def members(bootstrap: str, group: str) -> int:
    """Count the members of a group, as the broker has them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group])
        (described,) = answer.to_object()["groups"]
        return len(described["members"])
    finally:
        await admin.close()
