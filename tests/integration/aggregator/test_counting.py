"""The ledger in PostgreSQL counts every report once, whoever delivers it and how often."""

import asyncio
from collections.abc import Sequence
from functools import partial

from services.aggregator.domain.layouts import Layouts
from services.aggregator.errors import Contended
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted
from shared.infra.errors import Partition
from shared.infra.kafka.records import Record
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import ReportSubject, accepted, mixed_history
from tests.eventually import eventually
from tests.integration.aggregator.audit import kept_totals, recomputed_totals
from tests.integration.aggregator.counting import Counting


async def test_differences_end_where_adding_up_again_does(
    database: Database, layouts: Layouts
) -> None:
    """After every batch the totals equal a plain SUM over the current reports."""
    counting = Counting(database, layouts)
    history = mixed_history()

    for start in range(0, len(history), 100):
        await counting.count(history[start : start + 100])
        kept = await kept_totals(database)
        assert kept == await recomputed_totals(database)
        assert kept


async def test_zombie_changes_nothing(database: Database, layouts: Layouts) -> None:
    """Two owners of one partition at once, and a late repetition: everything counts once."""
    counting = Counting(database, layouts)
    records = counting.records([accepted({"dvk_models_new": 421})])

    await asyncio.gather(counting.apply(records), counting.apply(records))
    await counting.apply(records)

    (row, *_) = [row for row in await kept_totals(database) if row[0] == "37.1"]
    assert row[8] == 1  # reports
    assert max(row[4]) == 421  # type: ignore[call-overload]


async def test_slot_on_two_partitions_at_once_counts_once(
    database: Database, layouts: Layouts
) -> None:
    """A unit that changed province lies on two partitions; whoever comes second starts again."""
    here, there = Counting(database, layouts, 0), Counting(database, layouts, 1)

    def revisions(number: int, *path: str) -> list[ReportAccepted]:
        subjects = [ReportSubject(f"U{n}", path) for n in range(50)]
        return [accepted({"dvk_models_new": number}, it, revision=number) for it in subjects]

    async def insist(counting: Counting, batches: Sequence[Sequence[Event]]) -> None:
        for batch in batches:
            records = counting.records(batch)
            await eventually(partial(applied, counting, records), every=0.001)

    async def applied(counting: Counting, records: Sequence[Record]) -> bool:
        try:
            await counting.apply(records)
        except Contended:
            return False
        return True

    await asyncio.gather(
        insist(here, [revisions(number, "37.1") for number in (1, 3, 5)]),
        insist(there, [revisions(number, "01.1") for number in (2, 4, 6)]),
    )

    kept = await kept_totals(database)
    assert kept == await recomputed_totals(database)
    assert {row[0]: row[8] for row in kept} == {"01.1": 50}


async def test_unreadable_record_stands_in_nobodys_way(
    database: Database, layouts: Layouts
) -> None:
    """A cell that our catalogue does not know: a dead letter with a reason, and the rest counts."""
    counting = Counting(database, layouts)

    await counting.count(
        [
            accepted({"no_such_cell": 1}, ReportSubject("A")),
            accepted({"work_days": "1.5"}, ReportSubject("B")),
            accepted({"work_days": 1}, ReportSubject("C", form="F99")),
            accepted({"work_days": 1}, ReportSubject("D")),
        ]
    )

    async with database.connection() as connection:
        letters = await connection.fetch('SELECT reason FROM dead_letter ORDER BY "offset"')
        units = await connection.fetch("SELECT unit FROM report")
    assert [it["reason"] for it in letters] == ["unknown_cell", "bad_figure", "unknown_form"]
    assert [it["unit"] for it in units] == ["D"]
    assert await counting.stream.positions() == {Partition("reports", 0): 4}
