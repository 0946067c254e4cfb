"""What happens to the deployment while it is loaded."""

import asyncio
import random
from collections.abc import Sequence

import httpx
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.contracts.topics import REPORTS
from shared.contracts.wire import header_texts
from shared.infra.kafka.broker import producer
from tests.eventually import eventually
from tools.deployment.deployment import Deployment
from tools.deployment.service import Service
from tools.stack.servers import Server

DEATH_SECONDS_MAX = 60.0
READY_SECONDS_MAX = 60.0


async def kill_services(
    services: Sequence[Service], times: int, seed: int, pause: tuple[float, float]
) -> None:
    """SIGKILL each of *services* as often as *times*, in random order, at random moments."""
    rng = random.Random(seed)
    victims = [it for it in services for _ in range(times)]
    rng.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(rng.uniform(*pause))
        await asyncio.to_thread(victim.kill)
        await asyncio.to_thread(victim.start)


async def die_at_kill_point(victim: Service) -> None:
    """
    Wait until *victim* has died at its kill point, and start it again.

    Raises:
        AssertionError: when it never came there.

    """

    async def has_ended() -> bool:
        return victim.has_ended()

    await eventually(has_ended, seconds=DEATH_SECONDS_MAX)
    await asyncio.to_thread(victim.close)
    await asyncio.to_thread(victim.start)


async def kill_servers(servers: Sequence[Server]) -> None:
    """SIGKILL Kafka and PostgreSQL under load, one after the other; nobody touches the services."""
    for server in servers:
        await asyncio.sleep(3)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(server.start)


async def repeat_reports(deployment: Deployment, share: float, seed: int) -> None:
    """
    Publish a share of the accepted reports once more, as a relay that died before it could delete.

    Runs until cancelled, and comes back when Kafka does.
    """
    rng = random.Random(seed)
    repeated: set[str] = set()
    while True:
        try:
            async with (
                AIOKafkaConsumer(
                    REPORTS, bootstrap_servers=deployment.kafka, auto_offset_reset="earliest"
                ) as reader,
                producer(deployment.kafka, "chaos-repeats") as kafka,
            ):
                async for record in reader:
                    name = header_texts(record.headers)["ce_id"]
                    if name not in repeated and rng.random() < share:
                        repeated.add(name)
                        await kafka.send_and_wait(
                            REPORTS,
                            record.value,
                            key=record.key,
                            partition=record.partition,
                            headers=record.headers,
                        )
        except (KafkaError, OSError, TimeoutError):
            await asyncio.sleep(1)


async def all_ready(deployment: Deployment) -> None:
    """
    Wait until every service says by itself that it is ready again.

    It may complain of its lag meanwhile: the load goes on, and the verdict waits for the end of it.
    """
    async with httpx.AsyncClient(timeout=5) as client:

        async def ready() -> bool:
            for service in deployment.services.values():
                try:
                    answer = await client.get(f"{service.url}/health/ready")
                except httpx.HTTPError as problem:
                    raise AssertionError(f"{service.url}: {problem!r}") from problem
                assert answer.status_code == 200, answer.text
            return True

        await eventually(ready, seconds=READY_SECONDS_MAX, every=0.5)
