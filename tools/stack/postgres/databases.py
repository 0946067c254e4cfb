"""What is asked of every PostgreSQL server, by its address alone."""

from contextlib import suppress
from urllib.parse import quote, urlsplit

import asyncpg

from tools.stack.waiting import blocking

NOT_YET = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_ANSWER_SECONDS_MAX = 5


def ask_for_answer(url: str) -> None:
    """
    Make sure that the server at *url* answers a query.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: when it does not, yet.
    """
    blocking(_execute(url, "SELECT 1"))


def create_database(url: str, name: str) -> str:
    """Return the address of the database *name* on the server at *url*; create it if missing."""
    quoted = name.replace('"', '""')
    with suppress(asyncpg.DuplicateDatabaseError):
        blocking(_execute(url, f'CREATE DATABASE "{quoted}"'))
    return urlsplit(url)._replace(path=f"/{quote(name)}").geturl()


def address_of(url: str) -> str:
    """Return the host and port of *url*, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=_ANSWER_SECONDS_MAX)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
