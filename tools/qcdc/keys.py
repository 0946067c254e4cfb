"""API keys of upstream systems."""

import asyncpg
from services.intake.keys import create_key

from tools.qcdc.settings import OperatorSettings


async def create(settings: OperatorSettings, source: str) -> str:
    """Make a key for *source* and return it; it cannot be read again."""
    connection = await asyncpg.connect(
        settings.database("intake"),
        timeout=10,
        server_settings={"search_path": settings.database_schema},
    )
    try:
        return await create_key(connection, source)
    finally:
        await connection.close()
