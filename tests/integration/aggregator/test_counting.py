"""The ledger in PostgreSQL counts every report once, whoever delivers it and how often."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.errors import Contended
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted
from shared.infra.errors import Partition, ReleaseTooOld
from shared.infra.kafka.records import Record
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
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
    assert row[-3] == 1  # reports
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
    assert {row[0]: row[-3] for row in kept} == {"01.1": 50}


async def test_unreadable_record_stands_in_nobodys_way(
    database: Database, layouts: Layouts
) -> None:
    """Figures that make no sense: a dead letter with a reason, and the rest counts."""
    counting = Counting(database, layouts)

    await counting.count(
        [
            accepted({"work_days": "1.5"}, ReportSubject("A")),
            accepted({"work_days": 1}, ReportSubject("B", path=("37.1", "37.1"))),
            accepted({"work_days": 1}, ReportSubject("C")),
        ]
    )

    assert await _reasons(database) == ["bad_figure", "area_named_twice"]
    assert await _units(database) == ["C"]
    assert await counting.stream.positions() == {Partition("reports", 0): 3}


async def test_a_report_of_a_newer_release_waits_for_it_and_is_counted_then(
    database: Database, reference: ReferenceData
) -> None:
    """Read by the release of yesterday it became a dead letter, and the totals lacked it."""
    catalogue = reference.catalogue
    forms = tuple(replace(it, version=it.version + 1) for it in catalogue.forms)
    today, tomorrow = Layouts(catalogue), Layouts(replace(catalogue, forms=forms))
    (before,) = {it.version for it in catalogue.forms if it.code == "F05"}
    upgraded = [
        accepted({"work_days": 2}, ReportSubject("A")).model_copy(
            update={"form_version": before + 1}
        ),
        accepted({"work_days": 3}, ReportSubject("B")).model_copy(
            update={"form_version": before + 1}
        ),
    ]
    counting = Counting(database, today)
    await counting.count([accepted({"work_days": 1}, ReportSubject("Z"))])
    records = counting.records(upgraded)

    for _ in range(2):  # a restart of the same release changes nothing
        with pytest.raises(ReleaseTooOld) as stopped:
            await counting.apply(records)
    waiting = await _units(database), await counting.stream.positions()
    await Counting(database, tomorrow).apply(records)

    place = Partition("reports", 0)
    assert stopped.value.stopped == {place: (1, "newer_form")}
    assert waiting == (["Z"], {place: 1})
    assert await _units(database) == ["A", "B", "Z"]
    assert await counting.stream.positions() == {place: 3}
    assert await _reasons(database) == []


async def _reasons(database: Database) -> list[str]:
    async with database.connection() as connection:
        letters = await connection.fetch('SELECT reason FROM dead_letter ORDER BY "offset"')
    return [it["reason"] for it in letters]


async def _units(database: Database) -> list[str]:
    async with database.connection() as connection:
        return [it["unit"] for it in await connection.fetch("SELECT unit FROM report ORDER BY 1")]
