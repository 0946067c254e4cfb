"""A message that the database refuses, though it decodes: a dead letter, not a loop."""

from collections.abc import Sequence

import asyncpg
import pytest

from shared.infra.errors import BreakerOpen
from shared.infra.kafka.breakers import UNREADABLE_MAX
from shared.infra.kafka.inbox import Inbox
from shared.infra.postgres.database import Connection, Database
from tests.builders.hostile_records import record
from tests.builders.plumbing import counting_stream, dead_letters, migrated, number, see, seen

TOO_LARGE = 2**31
"""Decodes, and is more than the column holds."""


async def apply(inbox: Inbox[int], *numbers: int) -> None:
    """Apply a batch of one partition, from its first record."""
    records = [record("t", b"%d" % n, place=(0, place)) for place, n in enumerate(numbers)]
    await inbox.apply(records, [number(it) for it in records])


async def test_neighbours_of_what_cannot_be_stored_are_counted_once(postgres_url: str) -> None:
    """One record of a thousand would otherwise have its batch read for ever."""
    async with migrated(postgres_url) as database:
        numbers = list(range(100))
        numbers[17] = numbers[18] = numbers[99] = TOO_LARGE

        await apply(counting_stream(database), *numbers)

        assert await seen(database) == sorted(set(range(100)) - {17, 18, 99})
        assert await dead_letters(database) == [(it, "cannot_be_stored") for it in (17, 18, 99)]


async def test_what_the_server_refuses_is_set_aside_like_what_the_driver_refuses(
    postgres_url: str,
) -> None:
    """A sum that overflows, a NUL in JSON: only PostgreSQL sees these."""
    async with migrated(postgres_url) as database:

        async def divide(connection: Connection, numbers: Sequence[int]) -> None:
            await see(connection, numbers)
            await connection.fetch("SELECT 1 / it FROM unnest($1::integer[]) AS it", numbers)

        await apply(Inbox(database, "test", divide, "test"), 1, 0, 2)

        assert await seen(database) == [1, 2]
        assert await dead_letters(database) == [(1, "cannot_be_stored")]


async def test_the_breaker_counts_what_cannot_be_stored(postgres_url: str) -> None:
    """A release that can store nothing must not drain a topic into the bin."""
    async with migrated(postgres_url) as database:
        with pytest.raises(BreakerOpen):
            await apply(counting_stream(database), *[TOO_LARGE] * (UNREADABLE_MAX + 5))

        assert len(await dead_letters(database)) == UNREADABLE_MAX


@pytest.mark.parametrize("bug", [TypeError("a bug"), LookupError("a bug")])
async def test_a_bug_is_no_bad_data(postgres_url: str, bug: Exception) -> None:
    """It shows as ``handler_failing``, and nothing is given up for it."""
    async with migrated(postgres_url) as database:

        async def faulty(connection: Connection, numbers: Sequence[int]) -> None:
            await see(connection, numbers)
            raise bug

        with pytest.raises(type(bug)):
            await apply(Inbox(database, "test", faulty, "test"), 1, 2)

        assert await nothing_happened(database)


@pytest.mark.parametrize(
    "statement", ["SELECT $1::text[] FROM nowhere", "SELECT unnest($1::integer[])"]
)
async def test_a_statement_that_is_wrong_is_no_bad_data(postgres_url: str, statement: str) -> None:
    """Nor is an argument of a wrong type: both are ours to mend."""
    async with migrated(postgres_url) as database:

        async def wrong(connection: Connection, numbers: Sequence[int]) -> None:
            await connection.fetch(statement, [str(it) for it in numbers])

        with pytest.raises(asyncpg.PostgresError):
            await apply(Inbox(database, "test", wrong, "test"), 1, 2)

        assert await nothing_happened(database)


async def nothing_happened(database: Database) -> bool:
    """Return whether nothing was counted and nothing set aside."""
    return not await seen(database) and not await dead_letters(database)
