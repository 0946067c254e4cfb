"""PostgreSQL: one pool, transactions, named queries, and which failures are worth a retry."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from asyncpg.exceptions import InternalClientError

Connection: TypeAlias = Any
"""A connection of asyncpg, plain or pooled; the library ships no types."""

_TRY_AGAIN_SQLSTATES = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock
        "53300",  # too many connections
        "55P03",  # lock not available
        "57014",  # statement timeout
        "57P01",  # the server is shutting down
        "57P02",  # the server crashed
        "57P03",  # the server is starting
    }
)


def retryable(problem: BaseException) -> bool:
    """
    Tell whether *problem* is the infrastructure's fault, so that trying again may help.

    A dead pooled connection surfaces as several classes, not only ``PostgresError``
    (measured on asyncpg 0.32: ``InternalClientError`` after a terminated backend).
    """
    if isinstance(problem, asyncpg.PostgresError):
        return (
            isinstance(problem, asyncpg.PostgresConnectionError)
            or problem.sqlstate in _TRY_AGAIN_SQLSTATES
        )
    return isinstance(problem, (asyncpg.InterfaceError, InternalClientError, OSError, TimeoutError))


class Database:
    """A pool on one service's own database and schema."""

    def __init__(self, url: str, *, application: str, schema: str = "qcdc", size: int = 10) -> None:
        self.url = url
        self.schema = schema
        self._application = application
        self._size = size
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Prepare the pool; no connection is made yet, so the server may still be down."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=0,
            max_size=self._size,
            timeout=5,
            command_timeout=30,
            server_settings={
                "application_name": self._application,
                "search_path": self.schema,
                "idle_in_transaction_session_timeout": "120000",
                "jit": "off",  # our statements are short; compiling them costs more than it saves
            },
        )

    async def close(self) -> None:
        """Close every connection, forcibly after ten seconds."""
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), 10)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection, each statement its own transaction."""
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool has not been opened")
        async with self._pool.acquire(timeout=5) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Leave the block to commit; an exception undoes everything."""
        async with self.connection() as connection, connection.transaction():
            yield connection


def load_queries(path: Path) -> Mapping[str, str]:
    """
    Read a file of named queries: each begins with a line ``-- name: the_name``.

    Raises:
        ValueError: when two queries share a name.

    """
    parts = re.split(r"^-- name: (\w+)\s*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    names, texts = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: a query name is used twice")
    return {name: text.strip() for name, text in zip(names, texts, strict=True)}
