"""Advisory locks: two schemas of one database never meet, nor do a name and a purpose."""

from collections.abc import AsyncIterator

import pytest

from shared.infra.postgres.database import Database
from shared.infra.postgres.locks import AdvisoryLock, lock, try_lock_name, try_lock_session

HELD = "SELECT classid::bigint, objid::bigint, objsubid FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture
async def schemas(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Return one database by two schemas, as an operator may give it to two services."""
    one, two = (Database(postgres_url, application="test", schema=it) for it in ("one", "two"))
    await one.open()
    await two.open()
    yield one, two
    await one.close()
    await two.close()


async def test_locks_of_two_schemas_do_not_meet(schemas: tuple[Database, Database]) -> None:
    """One service's migrator, relay or rebuild must not hold up the other's."""
    one, two = schemas
    async with one.transaction() as first, two.transaction() as second:
        await second.execute("SET LOCAL lock_timeout = '2s'")
        for purpose in AdvisoryLock:
            await lock(first, purpose)
            await lock(second, purpose)
        names = [await try_lock_name(it, AdvisoryLock.RELAY, "t", 60) for it in (first, second)]

    assert names == [True, True]


async def test_one_name_has_one_owner(schemas: tuple[Database, Database]) -> None:
    """Of two relays one has a topic; another topic is free for the other."""
    one, _ = schemas
    async with one.transaction() as first, one.transaction() as second:
        got = [await try_lock_name(it, AdvisoryLock.RELAY, "t", 60) for it in (first, second)]
        other = await try_lock_name(second, AdvisoryLock.RELAY, "u", 60)

    assert got == [True, False]
    assert other


async def test_no_name_meets_a_purpose(schemas: tuple[Database, Database]) -> None:
    """The second number of a purpose is its own; that of any name is negative."""
    one, _ = schemas
    async with one.transaction() as connection:
        assert await try_lock_session(connection, AdvisoryLock.REBUILD)
        for number in range(50):
            assert await try_lock_name(connection, AdvisoryLock.RELAY, f"topic {number}", 60)
        held = await connection.fetch(HELD)
        await connection.execute("SELECT pg_advisory_unlock_all()")

    assert {it["objsubid"] for it in held} == {2}  # the form of two numbers
    assert len({it["classid"] for it in held}) == 1
    assert min(it["objid"] for it in held) == AdvisoryLock.REBUILD
    assert all(it["objid"] >= 2**31 for it in held if it["objid"] != AdvisoryLock.REBUILD)
