"""The ledger in memory and the one in PostgreSQL keep the same promises."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from services.aggregator.domain.fold import LedgerChange, RecordedRevision, SupersededRevision
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.ledger import Ledger
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.totals import TotalKey, Totals
from services.aggregator.errors import Contended
from services.aggregator.store.postgres import PostgresLedger
from services.aggregator.store.schema import MIGRATIONS
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.reference.slots import Slot
from tests.builders.accepted_reports import ReportSubject, accepted, revision_of, withdrawn
from tests.builders.reference import shipped_reference
from tests.doubles.ledger import MemoryLedger

Open = Callable[[], AbstractAsyncContextManager[Ledger]]
SLOT = Slot("D373.C1", "F05", "cal.2023")
LAYOUTS = Layouts(shipped_reference().catalogue)


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


def revision(number: int, **figures: int | None) -> Revision:
    """Return a revision whose figures stand in the places of its cells; none is a withdrawal."""
    event = accepted(figures, revision=number) if figures else withdrawn(revision=number)
    return revision_of(event, LAYOUTS)


def adding(
    *entries: RecordedRevision, superseded: list[SupersededRevision] | None = None
) -> LedgerChange:
    """Return a change that only writes history."""
    return LedgerChange(recorded=list(entries), superseded=superseded or [])


async def test_what_was_saved_is_held(open_ledger: Open) -> None:
    """Everything that a later difference needs comes back as it was, None in its place."""
    first = revision(1, dvk_models_new=421, dvk_models_removed=None)
    async with open_ledger() as ledger:
        await ledger.save(adding(RecordedRevision(first, None)), {})

    async with open_ledger() as ledger:
        contents = await ledger.slots({SLOT, SLOT._replace(unit="nobody")})

    assert contents.keys() == {SLOT}
    counted = contents[SLOT].counted
    assert counted._replace(figures=list(counted.figures or ())) == first.counted
    assert contents[SLOT].accepted == {1: first.accepted_at}


async def test_superseded_revision_is_known_but_does_not_count(open_ledger: Open) -> None:
    """A slot counts once; that a revision was seen is never forgotten."""
    first, second = revision(1, dvk_models_new=1), revision(2)
    async with open_ledger() as ledger:
        await ledger.save(adding(RecordedRevision(first, None)), {})

    async with open_ledger() as ledger:
        earlier = SupersededRevision(SLOT, 1, second.accepted_at)
        await ledger.save(adding(RecordedRevision(second, None), superseded=[earlier]), {})

    async with open_ledger() as ledger:
        content = (await ledger.slots({SLOT}))[SLOT]
    assert content.counted == second.counted
    assert content.accepted == {1: first.accepted_at, 2: second.accepted_at}


async def test_totals_are_kept_changed_and_removed(open_ledger: Open) -> None:
    """A total without reports ceases to exist; nobody ever reads a row of zeros."""
    key = TotalKey("F05", "cal.2023", "37.1", "xa")
    before = Totals([421, 0], [1, 0], [0, 1], None, reports=2, on_time=1, late=1)
    after = Totals([430, -1], [2, 1], None, [1, 0], reports=3, on_time=3, late=0)
    async with open_ledger() as ledger:
        await ledger.save(LedgerChange(), {key: before, key._replace(area="D373.1"): before})

    async with open_ledger() as ledger:
        kept = await ledger.totals({key, key._replace(unit_type="phuong")})
        await ledger.save(LedgerChange(), {key: after})
    async with open_ledger() as ledger:
        changed = await ledger.totals({key})
        await ledger.save(LedgerChange(), {key: Totals([0, 0], [0, 0])})
    async with open_ledger() as ledger:
        removed = await ledger.totals({key, key._replace(area="D373.1")})

    assert kept == {key: before}
    assert changed == {key: after}
    assert removed.keys() == {key._replace(area="D373.1")}


async def test_revision_written_twice_is_refused(open_ledger: Open) -> None:
    """Two partitions with the same slot at once: the second starts again and sees the first."""
    first = revision(1, dvk_models_new=421)
    async with open_ledger() as ledger:
        await ledger.save(adding(RecordedRevision(first, None)), {})

    with pytest.raises(Contended):
        async with open_ledger() as ledger:
            await ledger.save(adding(RecordedRevision(revision(1, dvk_models_new=9), None)), {})

    async with open_ledger() as ledger:
        content = (await ledger.slots({SLOT}))[SLOT]
    assert 421 in (content.counted.figures or ())


async def test_odd_texts_come_back_as_they_were(open_ledger: Open) -> None:
    """Nothing that a text may hold is taken for the end of a field, of a row, or for NULL."""
    subject = ReportSubject(path=("NULL", "37.1"), unit_type="a\\N\tb\nc\r\\.")
    odd = revision_of(accepted({"work_days": 1}, subject), LAYOUTS)
    async with open_ledger() as ledger:
        await ledger.save(adding(RecordedRevision(odd, None)), {})

    async with open_ledger() as ledger:
        counted = (await ledger.slots({SLOT}))[SLOT].counted
    assert (counted.path, counted.unit_type) == (subject.path, subject.unit_type)
