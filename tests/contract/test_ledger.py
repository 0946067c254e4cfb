"""The ledger in memory and the one in PostgreSQL keep the same promises."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from services.aggregator.domain.fold import Change, Entry, Mark, Province
from services.aggregator.domain.reports import Revision, Slot
from services.aggregator.domain.totals import TotalKey, Totals
from services.aggregator.errors import Contended
from services.aggregator.ledger import Ledger
from services.aggregator.ledger_postgres import PostgresLedger
from services.aggregator.wiring import MIGRATIONS
from shared.infra import migrate
from shared.infra.database import Database
from tests.doubles.ledger import MemoryLedger
from tests.unit.aggregator.given import DAY, accepted, revision_of, withdrawn

Open = Callable[[], AbstractAsyncContextManager[Ledger]]
SLOT = Slot("D373.C1", "F05", "cal.2023")
KEY = TotalKey("F05", "cal.2023", "37.1", "xa")


@pytest.fixture(params=["memory", "postgres"])
async def open_ledger(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Return how to open a ledger for one transaction; what is committed is kept."""
    if request.param == "memory":
        memory = MemoryLedger()

        @asynccontextmanager
        async def in_memory() -> AsyncIterator[Ledger]:
            yield memory

        yield in_memory
        return
    url = request.getfixturevalue("postgres_url")
    await migrate.migrate(url, "qcdc", MIGRATIONS)
    database = Database(url, application="test")
    await database.open()

    @asynccontextmanager
    async def in_postgres() -> AsyncIterator[Ledger]:
        async with database.transaction() as connection:
            yield PostgresLedger(connection)

    yield in_postgres
    await database.close()
