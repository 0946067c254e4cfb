"""What happens to the line while it is loaded."""

import asyncio
import random
from collections.abc import Sequence

from tools.line.line import Line
from tools.line.service import Service
from tools.stack.servers import Server


async def kill_services(
    services: Sequence[Service],
    times: int,
    seed: int,
    *,
    pause: tuple[float, float] = (0.5, 3.0),
    at_work: bool = False,
) -> None:
    """
    SIGKILL each of *services* as often as *times*, in random order, at random moments.

    *at_work* waits until the victim is ready, so that every kill finds it in the middle of work.
    """
    rng = random.Random(seed)
    victims = [it for it in services for _ in range(times)]
    rng.shuffle(victims)
    for victim in victims:
        if at_work:
            await asyncio.to_thread(victim.wait_ready)
        await asyncio.sleep(rng.uniform(*pause))
        await asyncio.to_thread(victim.kill)
        await asyncio.to_thread(victim.start)


async def kill_servers(servers: Sequence[Server]) -> None:
    """SIGKILL Kafka and PostgreSQL under load, one after the other; nobody touches the services."""
    for server in servers:
        await asyncio.sleep(3)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(server.start)


async def all_ready(line: Line) -> None:
    """Wait until every service says by itself that it is ready again."""
    await asyncio.to_thread(line.wait_ready)
