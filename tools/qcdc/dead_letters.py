"""``qcdc dead-letters``: what a service could not read, and the breakers that this opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from shared.infra import dead_letters
from shared.infra.dead_letters import DeadLetter
from tools.qcdc.settings import OperatorSettings


async def newest(settings: OperatorSettings, service: str, limit: int) -> list[DeadLetter]:
    """Return the newest dead letters of a service, the newest first."""
    async with _connected(settings, service) as connection:
        return await dead_letters.newest(connection, limit)


async def reset(settings: OperatorSettings, service: str, *, dry_run: bool) -> list[str]:
    """Let paused partitions go on; return which."""
    async with _connected(settings, service) as connection:
        paused = await dead_letters.open_breakers(connection)
        if not dry_run:
            await dead_letters.reset_breakers(connection)
        return sorted(f"{it.topic}/{it.partition}" for it in paused)


@asynccontextmanager
async def _connected(
    settings: OperatorSettings, service: str
) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(
        settings.database(service),
        timeout=10,
        server_settings={"search_path": settings.database_schema},
    )
    try:
        yield connection
    finally:
        await connection.close()
