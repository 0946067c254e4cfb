"""The ledger in PostgreSQL counts every report once, whoever delivers it and how often."""

import asyncio
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.aggregator.domain.layouts import Layouts
from services.aggregator.errors import Contended
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted
from shared.infra.errors import Partition
from shared.infra.kafka.broker import Record
from shared.infra.postgres.database import Database, load_queries
from tests.eventually import eventually
from tests.integration.aggregator.counting import Counting
from tests.unit.aggregator.given import Place, accepted, withdrawn

AUDIT = load_queries(Path(__file__).parent / "audit.sql")
F05 = ["dvk_models_new", "dvk_models_total", "work_days", "dvk_models_new[field=kinh_te]"]


def mixed_history(seed: int = 7, slots: int = 150) -> list[Event]:
    """Return reports of many communes in two provinces: corrected, moved, withdrawn, disordered."""
    rng = random.Random(seed)
    events: list[Event] = []
    for n in range(slots):
        for revision in range(1, rng.randint(1, 4) + 1):
            province = rng.choice(["37.1", "80.1"])
            place = Place(
                f"U{seed}-{n}",
                (f"D{rng.randint(1, 4)}.{province}", province),
                rng.choice(["xa", "phuong"]),
                period=rng.choice(["cal.2022", "cal.2023"]),
            )
            if rng.random() < 0.2:
                events.append(withdrawn(place, revision=revision))
            else:
                said = {cell: rng.choice([None, 0, rng.randint(1, 999)]) for cell in F05}
                qualifiers = {rng.choice(F05): rng.choice(["at_least", "about"])}
                on_time = rng.random() < 0.7
                events.append(
                    accepted(said, place, revision=revision, qualifiers=qualifiers, on_time=on_time)
                )
    rng.shuffle(events)
    return events + rng.sample(events, slots // 2)


async def totals(database: Database, how: str) -> Sequence[tuple[object, ...]]:
    """Return all totals, as kept or as added up again from the reports."""
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch(AUDIT[how])]


async def test_differences_end_where_adding_up_again_does(
    database: Database, layouts: Layouts
) -> None:
    """After every batch the totals equal a plain SUM over the current reports."""
    counting = Counting(database, layouts)
    history = mixed_history()

    for start in range(0, len(history), 100):
        await counting.count(history[start : start + 100])
        kept = await totals(database, "totals_kept")
        assert kept == await totals(database, "totals_added_up_again")
        assert kept


async def test_zombie_changes_nothing(database: Database, layouts: Layouts) -> None:
    """Two owners of one partition at once, and a late repetition: everything counts once."""
    counting = Counting(database, layouts)
    records = counting.records([accepted({"dvk_models_new": 421})])

    await asyncio.gather(counting.apply(records), counting.apply(records))
    await counting.apply(records)

    (row, *_) = [row for row in await totals(database, "totals_kept") if row[0] == "37.1"]
    assert row[8] == 1  # reports
    assert max(row[4]) == 421  # type: ignore[call-overload]


async def test_slot_on_two_partitions_at_once_counts_once(
    database: Database, layouts: Layouts
) -> None:
    """A unit that changed province lies on two partitions; whoever comes second starts again."""
    here, there = Counting(database, layouts, 0), Counting(database, layouts, 1)

    def revisions(number: int, *path: str) -> list[ReportAccepted]:
        places = [Place(f"U{n}", path) for n in range(50)]
        return [accepted({"dvk_models_new": number}, it, revision=number) for it in places]

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

    kept = await totals(database, "totals_kept")
    assert kept == await totals(database, "totals_added_up_again")
    assert {row[0]: row[8] for row in kept} == {"01.1": 50}


async def test_unreadable_record_stands_in_nobodys_way(
    database: Database, layouts: Layouts
) -> None:
    """A cell that our catalogue does not know: a dead letter with a reason, and the rest counts."""
    counting = Counting(database, layouts)

    await counting.count(
        [
            accepted({"no_such_cell": 1}, Place("A")),
            accepted({"work_days": "1.5"}, Place("B")),
            accepted({"work_days": 1}, Place("C", form="F99")),
            accepted({"work_days": 1}, Place("D")),
        ]
    )

    async with database.connection() as connection:
        letters = await connection.fetch('SELECT reason FROM dead_letter ORDER BY "offset"')
        units = await connection.fetch("SELECT unit FROM report")
    assert [it["reason"] for it in letters] == ["unknown_cell", "bad_figure", "unknown_form"]
    assert [it["unit"] for it in units] == ["D"]
    assert await counting.stream.positions() == {Partition("reports", 0): 4}
