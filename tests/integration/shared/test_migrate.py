"""Schema changes: applied once, never changed, and never older than the database."""

import hashlib

import asyncpg
import pytest

from shared.infra.errors import Misconfigured
from shared.infra.postgres.migrate import Migration, check, migrate

FIRST = Migration("service/0001_first", "CREATE TABLE first (n integer)")
SECOND = Migration("service/0002_second", "CREATE TABLE second (n integer)")


async def test_what_was_applied_is_not_applied_again(postgres_url: str) -> None:
    """Several migrators may run, one after the other."""
    first = await migrate(postgres_url, "qcdc", [FIRST])
    second = await migrate(postgres_url, "qcdc", [FIRST, SECOND])
    third = await migrate(postgres_url, "qcdc", [FIRST, SECOND])

    assert (first, second, third) == ([FIRST.name], [SECOND.name], [])


async def test_a_file_that_changed_is_refused(postgres_url: str) -> None:
    """Two databases of one release must not differ."""
    await migrate(postgres_url, "qcdc", [FIRST])

    with pytest.raises(Misconfigured, match="0001_first changed after it had been applied"):
        await migrate(postgres_url, "qcdc", [Migration(FIRST.name, f"{FIRST.sql} -- changed")])
    assert FIRST.checksum == hashlib.sha256(FIRST.sql.encode()).hexdigest()


async def test_a_database_that_is_newer_than_the_code_is_refused(postgres_url: str) -> None:
    """An old release on new tables may drop what it does not know, so it does not begin."""
    await migrate(postgres_url, "qcdc", [FIRST, SECOND])
    connection = await asyncpg.connect(postgres_url, server_settings={"search_path": "qcdc"})
    try:
        with pytest.raises(Misconfigured, match=r"newer than this release: .*0002_second"):
            await check(connection, [FIRST], "qcdc migrate")
        with pytest.raises(Misconfigured, match=r"newer than this release: .*0002_second"):
            await migrate(postgres_url, "qcdc", [FIRST])
    finally:
        await connection.close()
