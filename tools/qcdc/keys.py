"""API keys of upstream systems."""

import asyncpg

from services.intake.usecases.keys import create_key, revoke_key
from shared.contracts import topics
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Connection
from tools.qcdc.settings import OperatorSettings


async def create(settings: OperatorSettings, source: str) -> str:
    """
    Make a key for *source* and return it; it cannot be read again.

    The source's topics are made first: a receipt without a topic would wait for it.
    """
    await create_missing_topics(
        settings.kafka_or_fail(), topics.specs([source]), replication=settings.replication
    )
    connection = await _connect(settings)
    try:
        return await create_key(connection, source)
    finally:
        await connection.close()


async def revoke(settings: OperatorSettings, key_id: str) -> str | None:
    """Let a key open nothing from now on; return its source, None when there is no such key."""
    connection = await _connect(settings)
    try:
        return await revoke_key(connection, key_id)
    finally:
        await connection.close()


async def _connect(settings: OperatorSettings) -> Connection:
    return await asyncpg.connect(
        settings.database("intake"),
        timeout=10,
        server_settings={"search_path": settings.database_schema},
    )
