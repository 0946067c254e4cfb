"""
All advisory locks, here and nowhere else.

PostgreSQL keeps them per database, as two numbers. The first comes from the schema, since two
services, or two copies of one, may be given one database, and then a lock of one must not hold
up the other. The second says what is locked: a purpose has a positive number, a name within a
purpose a negative one, so that no name can meet a purpose.
"""

import asyncio
from collections.abc import Coroutine
from enum import IntEnum, unique
from typing import Any, TypeVar

from shared.infra.postgres.database import Connection

PING_SECONDS = 0.4
"""How often the server hears of who works while holding a name."""

T = TypeVar("T")

_SCHEMA = "hashtext(current_setting('search_path'))"
_NAME = "-1 - (hashtext($1) & 2147483647)"


@unique
class AdvisoryLock(IntEnum):
    """One number for each purpose."""

    MIGRATE = 7_263_001
    """One migrator at a time; the others wait."""
    RELAY = 7_263_002
    """One relay per topic of an outbox, so that its messages leave in the order of their ids."""
    RECEIVE = 7_263_003
    """Shared by every transaction that receives; exclusive for the claim that all is received."""
    INSTANCE = 7_263_011
    """One process for each service and instance id; by name only."""
    REBUILD = 7_263_004
    """One rebuild of a schema at a time; another is refused."""
    CLAIM = 7_263_005
    """One instance at a time makes that claim."""
    PLAN = 7_263_101
    """Shared by transactions that change single rows; exclusive for a pass over all of them."""


async def lock(connection: Connection, purpose: AdvisoryLock) -> None:
    """Be alone until the transaction ends."""
    await connection.execute(f"SELECT pg_advisory_xact_lock({_SCHEMA}, $1)", purpose)


async def lock_shared(connection: Connection, purpose: AdvisoryLock) -> None:
    """Keep away who wants to be alone, until the transaction ends."""
    await connection.execute(f"SELECT pg_advisory_xact_lock_shared({_SCHEMA}, $1)", purpose)


async def try_lock_name(
    connection: Connection, purpose: AdvisoryLock, name: str, idle_seconds_max: float
) -> bool:
    """
    Be the only one with *name* until the transaction ends; return whether that is so.

    The server ends it after *idle_seconds_max* without a statement, so that a process that stands
    still hands over; who works meanwhile does so ``while_pinging``.
    """
    sql = (
        f"SELECT pg_try_advisory_xact_lock({_SCHEMA}, {_NAME}),"
        " set_config('idle_in_transaction_session_timeout', $2, true)"
    )
    milliseconds = str(int(idle_seconds_max * 1000))
    got: bool = await connection.fetchval(sql, f"{purpose.name} {name}", milliseconds)
    return got


async def while_pinging(connection: Connection, work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* returns; meanwhile show the server that this process moves."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=PING_SECONDS)
            if not task.done():
                await connection.execute("SELECT 1")
        return await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])  # it ends what it has begun


async def lock_session(connection: Connection, purpose: AdvisoryLock) -> None:
    """Be alone until the connection closes."""
    await connection.execute(f"SELECT pg_advisory_lock({_SCHEMA}, $1)", purpose)


async def try_lock_session(connection: Connection, purpose: AdvisoryLock) -> bool:
    """Be alone until the connection closes; return whether that is so."""
    sql = f"SELECT pg_try_advisory_lock({_SCHEMA}, $1)"
    got: bool = await connection.fetchval(sql, purpose)
    return got


async def try_lock_session_name(connection: Connection, purpose: AdvisoryLock, name: str) -> bool:
    """Be the only one with *name* until the connection closes; return whether that is so."""
    sql = f"SELECT pg_try_advisory_lock({_SCHEMA}, {_NAME})"
    got: bool = await connection.fetchval(sql, f"{purpose.name} {name}")
    return got
