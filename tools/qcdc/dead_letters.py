"""``qcdc dead-letters``: what a service could not read, and the breakers that this opened."""

from shared.infra import dead_letters
from shared.infra.dead_letters import DeadLetter
from tools.qcdc.databases import connected
from tools.qcdc.settings import OperatorSettings


async def newest(settings: OperatorSettings, service: str, limit: int) -> list[DeadLetter]:
    """Return the newest dead letters of a service, the newest first."""
    async with connected(settings, service) as connection:
        return await dead_letters.newest(connection, limit)


async def reset(settings: OperatorSettings, service: str, *, dry_run: bool) -> list[str]:
    """Let paused partitions go on; return which."""
    async with connected(settings, service) as connection:
        paused = await dead_letters.open_breakers(connection)
        if not dry_run:
            await dead_letters.reset_breakers(connection)
        return sorted(f"{it.topic}/{it.partition}" for it in paused)
