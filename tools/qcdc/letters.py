"""The dead-letter desk: what a service could not read, and the breakers that this opened."""

from typing import Any

import asyncpg

from shared.infra.kafka.inbox import UNREADABLE_IN_A_ROW_MAX
from tools.qcdc.settings import OperatorSettings

_NEWEST = """
SELECT recorded_at, topic || '/' || partition || '/' || "offset" AS place, reason,
       encode(substring(value FROM 1 FOR 60), 'escape') AS beginning
FROM dead_letter ORDER BY recorded_at DESC LIMIT $1
"""
_OPEN = "SELECT topic, partition FROM position WHERE unreadable_in_a_row >= $1"
_RESET = "UPDATE position SET unreadable_in_a_row = 0 WHERE unreadable_in_a_row >= $1"


async def newest(settings: OperatorSettings, service: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest dead letters: when, where, why, and the first bytes, escaped."""
    connection = await _connect(settings, service)
    try:
        return [dict(row) for row in await connection.fetch(_NEWEST, limit)]
    finally:
        await connection.close()


async def reset(settings: OperatorSettings, service: str, *, dry_run: bool) -> list[str]:
    """Let paused partitions go on; return which."""
    connection = await _connect(settings, service)
    try:
        rows = await connection.fetch(_OPEN, UNREADABLE_IN_A_ROW_MAX)
        if not dry_run:
            await connection.execute(_RESET, UNREADABLE_IN_A_ROW_MAX)
        return [f"{row['topic']}/{row['partition']}" for row in rows]
    finally:
        await connection.close()


async def _connect(settings: OperatorSettings, service: str) -> "asyncpg.Connection[Any]":
    return await asyncpg.connect(
        settings.database(service),
        timeout=10,
        server_settings={"search_path": settings.database_schema},
    )
