"""Connections to the three databases, and their schema changes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from shared.directory import store
from shared.infra.errors import Misconfigured
from shared.infra.postgres import migrate as migration
from tools.qcdc.settings import SERVICES, OperatorSettings


@asynccontextmanager
async def connected(
    settings: OperatorSettings, service: str
) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Connect to a service's database for as long as the block lasts."""
    connection = await asyncpg.connect(
        settings.database(service),
        timeout=10,
        server_settings={"search_path": settings.database_schema},
    )
    try:
        yield connection
    finally:
        await connection.close()


async def migrate(
    settings: OperatorSettings, services: Sequence[str], *, dry_run: bool
) -> dict[str, list[str]]:
    """Apply (or, dry, list) what each service's database lacks."""
    done = {}
    for service in services or SERVICES:
        url, schema = settings.database(service), settings.database_schema
        wanted = migrations_of(service)
        done[service] = (
            await _missing(url, schema, wanted)
            if dry_run
            else await migration.migrate(url, schema, wanted)
        )
    return done


def migrations_of(service: str) -> list[migration.Migration]:
    """
    List a service's migrations without importing the service.

    Raises:
        Misconfigured: when there are none, which must not read as "up to date".

    """
    package = find_spec(f"services.{service}")
    if package is None or package.origin is None:
        raise Misconfigured(f"services.{service} is not installed here")
    folder = Path(package.origin).parent / "store" / "migrations"
    if not folder.is_dir():
        raise Misconfigured(f"services.{service} has no migrations here")
    return store.migrations_of(folder)


async def _missing(url: str, schema: str, wanted: list[migration.Migration]) -> list[str]:
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": schema})
    try:
        return [it.name for it in await migration.missing(connection, wanted)]
    finally:
        await connection.close()
