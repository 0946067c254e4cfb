"""PostgreSQL: one pool, transactions, named queries, and which failures are worth a retry."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from asyncpg.exceptions import InternalClientError

from shared.infra.health import Condition

Connection: TypeAlias = Any
"""A connection of asyncpg, plain or pooled; the library ships no types."""

_OUTAGES: Mapping[str, Condition] = {
    "25006": Condition.DATABASE_REFUSES_WRITES,  # read only: a standby, or set so
    "25P03": Condition.DATABASE_BUSY,  # this transaction was idle for too long
    "25P04": Condition.DATABASE_BUSY,  # this transaction took too long
    "3D000": Condition.DATABASE_UNAVAILABLE,  # there is no such database: it is being restored
    "40001": Condition.DATABASE_BUSY,  # serialization failure
    "40003": Condition.DATABASE_BUSY,  # it is not known whether a statement was completed
    "40P01": Condition.DATABASE_BUSY,  # deadlock
    "53000": Condition.DATABASE_REFUSES_WRITES,  # no resources
    "53100": Condition.DATABASE_REFUSES_WRITES,  # the disk is full
    "53200": Condition.DATABASE_REFUSES_WRITES,  # no memory
    "53300": Condition.DATABASE_UNAVAILABLE,  # too many connections
    "53400": Condition.DATABASE_REFUSES_WRITES,  # a limit of the server's configuration
    "55P03": Condition.DATABASE_BUSY,  # lock not available
    "57014": Condition.DATABASE_BUSY,  # statement timeout
    "57P01": Condition.DATABASE_UNAVAILABLE,  # the server is shutting down
    "57P02": Condition.DATABASE_UNAVAILABLE,  # the server crashed
    "57P03": Condition.DATABASE_UNAVAILABLE,  # the server is starting
    "57P05": Condition.DATABASE_UNAVAILABLE,  # the connection was idle for too long
    "58000": Condition.DATABASE_REFUSES_WRITES,  # an error of its operating system
    "58030": Condition.DATABASE_REFUSES_WRITES,  # the disk cannot be read or written
}


def outage(problem: BaseException) -> Condition | None:
    """
    Name the outage behind *problem*, which ends without us; None when it is a bug of ours.

    A dead pooled connection surfaces as several classes, not only ``PostgresError``
    (measured on asyncpg 0.32: ``InternalClientError`` after a terminated backend).
    """
    if isinstance(problem, asyncpg.PostgresError):
        away = isinstance(problem, asyncpg.PostgresConnectionError)
        return Condition.DATABASE_UNAVAILABLE if away else _OUTAGES.get(problem.sqlstate)
    away = isinstance(problem, (asyncpg.InterfaceError, InternalClientError, OSError, TimeoutError))
    return Condition.DATABASE_UNAVAILABLE if away else None


def retryable(problem: BaseException) -> bool:
    """Tell whether *problem* is the infrastructure's fault, so that trying again may help."""
    return outage(problem) is not None


def unstorable(problem: BaseException) -> bool:
    """
    Tell whether the database refuses the data itself, so that trying again never helps.

    SQLSTATE class 22 (out of range, no character of the encoding, overflow), from the server or
    already from the driver; class 54, as for an index entry that is too large. An argument of a
    wrong type is a bug of ours, which asyncpg reports as DataError too.
    """
    if not isinstance(problem, (asyncpg.DataError, asyncpg.ProgramLimitExceededError)):
        return False
    behind: BaseException | None = problem
    while behind is not None and not isinstance(behind, TypeError):
        behind = behind.__cause__ or behind.__context__
    return behind is None


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
    async def session(self) -> AsyncIterator[Connection]:
        """Open a connection beside the pool, of which the server soon notices that it is gone."""
        connection = await asyncpg.connect(
            self.url,
            timeout=5,
            command_timeout=30,
            server_settings={
                "application_name": self._application,
                "search_path": self.schema,
                "tcp_keepalives_idle": "4",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
            },
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=5)

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
