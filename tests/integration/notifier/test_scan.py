"""Who is called overdue: exactly the units that owe and of whom nothing stands."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import KafkaError

from services.notifier.store.duties import QUERIES
from shared.infra.errors import Partition
from shared.infra.health import Condition, Health
from shared.infra.supervised import Supervised
from shared.reference.slots import Slot
from tests.builders.notifier import withdrawn
from tests.builders.notifier_world import (
    COMMITTEE,
    DUE_AT,
    FORM,
    MINUTE,
    PERIOD,
    Lag,
    World,
    communes,
    report,
    waiting_for_the_lock,
    world,
)
from tests.eventually import eventually


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier on an empty database."""
    async with world(postgres_url) as built:
        yield built


async def test_exactly_the_late_units_are_overdue(it: World) -> None:
    """126 reports came in time, some before the duty existed; three units stay silent."""
    early, later = communes()[:60], communes()[60:126]
    await it.read(*map(report, early))
    await it.catch_up(DUE_AT + MINUTE)
    it.lag[0] = len(later)
    scan = it.scan()
    await scan.once()
    await it.read(*map(report, later))
    it.lag[0] = 0

    await scan.once()

    assert await it.overdue() == set(communes()[126:])
    assert await it.published("DutyOpened") == 129
    assert await it.published("DutyMet") == 126
    assert await it.published("DutyBecameOverdue") == 3


async def test_nobody_is_overdue_while_reports_are_unread(it: World) -> None:
    """A lag of ours is not a fault of theirs."""
    await it.catch_up(DUE_AT + MINUTE)
    it.lag[0] = 1

    await it.scan().once()

    assert await it.overdue() == set()


@pytest.mark.parametrize("watermark", [None, DUE_AT - MINUTE, DUE_AT])
async def test_nobody_is_overdue_before_intake_is_done(
    it: World, watermark: datetime | None
) -> None:
    """Intake may still hold a report that it received a second before the due instant."""
    if watermark is not None:
        await it.catch_up(watermark)

    await it.scan().once()

    assert await it.overdue() == set()
    assert await it.notices() == []


async def test_watermark_never_goes_back(it: World) -> None:
    """An older promise of intake, read again, takes nothing back."""
    await it.catch_up(DUE_AT + MINUTE)
    await it.catch_up(DUE_AT - MINUTE)

    await it.scan().once()

    assert len(await it.overdue()) == 129


async def test_second_scan_and_restart_find_nothing_new(it: World) -> None:
    """One accusation, one stage, one notice, however often we look."""
    await it.catch_up(DUE_AT + MINUTE)
    for scan in (it.scan(), it.scan()):
        await scan.once()
        await scan.once()

    assert await it.published("DutyBecameOverdue") == 129
    assert await it.ask("SELECT count(*) FROM stage") == [(129,)]
    assert await it.ask("SELECT count(*) FROM notice_item") == [(129,)]
    assert len(await it.notices()) == 1


async def test_failed_query_fails_the_scan(it: World) -> None:
    """An answer that never came is not the answer "nobody"."""
    await it.catch_up(DUE_AT + MINUTE)
    await it.ask("ALTER TABLE filing RENAME TO elsewhere")
    health, scan = Health(), it.scan()

    with pytest.raises(asyncpg.PostgresError):
        await scan.once()
    supervised = Supervised("scan", health, bugs=Condition.SCAN_FAILING)
    task = asyncio.create_task(scan.run(0.05, supervised))
    try:
        await eventually(lambda: complaint(health, Condition.SCAN_FAILING))
        await it.ask("ALTER TABLE elsewhere RENAME TO filing")
        await eventually(lambda: complaint(health, None))
    finally:
        task.cancel()

    assert len(await it.overdue()) == 129


async def test_unknown_lag_fails_the_scan(it: World) -> None:
    """Kafka that cannot be asked has not said that nothing is left."""
    await it.catch_up(DUE_AT + MINUTE)
    scan = it.scan()

    class Unknown(Lag):
        async def ends(self) -> Mapping[Partition, int]:
            raise KafkaError("the consumer is not running")

    scan._horizon = it.horizon(Unknown([0]))

    with pytest.raises(KafkaError):
        await scan.once()
    assert await it.overdue() == set()


async def test_watermark_is_read_before_the_lag_is_measured(it: World) -> None:
    """A watermark that arrives in between vouches for reports that the measure did not see."""
    scan = it.scan()

    class Measured(Lag):
        async def ends(self) -> Mapping[Partition, int]:
            await it.catch_up(DUE_AT + MINUTE)
            return await super().ends()

    await it.catch_up(DUE_AT)
    scan._horizon = it.horizon(Measured([0]))
    await scan.once()

    assert await it.overdue() == set()


async def test_late_report_meets_and_a_withdrawal_makes_overdue_again(it: World) -> None:
    """The committee is notified once; the state follows every report and withdrawal."""
    unit, late = communes()[0], DUE_AT + timedelta(hours=2)
    await it.catch_up(DUE_AT + timedelta(days=1))
    scan = it.scan()
    await scan.once()
    await it.read(report(unit, 1, late))
    assert unit not in await it.overdue()
    await it.read(withdrawn(2, late, Slot(unit, FORM, PERIOD)))

    await scan.once()

    assert unit in await it.overdue()
    assert len(await it.notices()) == 1


async def test_more_time_takes_accusations_back(it: World) -> None:
    """The committee's new letter grants a week: nobody is overdue until then."""
    await it.catch_up(DUE_AT + MINUTE)
    await it.scan().once()
    (demand,) = COMMITTEE.demands
    later = replace(demand, due_at=DUE_AT + timedelta(days=7))

    it.demand(replace(COMMITTEE, demands=(later,)))
    await it.scan().once()
    await it.delivery().once()

    assert await it.overdue() == set()
    assert it.mailbox.mails == []


async def test_opening_waits_for_a_batch_in_hand(it: World) -> None:
    """Else the batch would not see the duty, nor the opening the report: open for ever."""
    async with it.database.transaction() as connection:
        await it.open_store(connection).lock_shared()
        opening = asyncio.create_task(it.scan().once())
        await eventually(lambda: waiting_for_the_lock(it))
    await opening

    assert await it.ask("SELECT count(*) FROM duty") == [(129,)]


async def test_batch_waits_for_an_opening_in_hand(it: World) -> None:
    """The same from the other side."""
    async with it.database.transaction() as connection:
        await it.open_store(connection).lock_exclusive()
        reading = asyncio.create_task(it.read(report(communes()[0])))
        await eventually(lambda: waiting_for_the_lock(it))
    await reading

    assert await it.ask("SELECT count(*) FROM filing") == [(1,)]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_scan_reads_only_what_is_due(it: World, mode: str) -> None:
    """It runs every second beside a year of duties; 50 are due of 100,000."""
    await it.ask(
        "INSERT INTO duty SELECT n::text, 'F05', 'cal.2030', '37.2', 'ninh_binh',"
        " $1::timestamptz + n * interval '1 minute', 'rule',"
        " CASE WHEN n % 3 = 0 THEN 'met' ELSE 'open' END FROM generate_series(1, 100000) AS n",
        DUE_AT,
    )
    await it.ask("ANALYZE duty")

    async with it.database.transaction() as connection:
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        plan = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {QUERIES['due']}",
            DUE_AT + 75 * MINUTE,
            20_000,
            ["1", "nobody"],
            [DUE_AT, DUE_AT],
        )

    kinds = {"Index Scan", "Function Scan"}  # the second reads the units that are held
    scan, _ = sorted(nodes(json.loads(plan)[0]["Plan"], kinds), key=lambda it: -len(it))
    assert scan["Index Name"] == "duty_open_by_due_at"
    assert scan["Actual Rows"] == 50
    assert scan.get("Rows Removed by Filter", 0) == 0


def nodes(plan: dict[str, Any], kinds: set[str]) -> list[dict[str, Any]]:
    """Return the leaves of a plan; fails when one is of no kind of these."""
    below = plan.get("Plans", [])
    if not below:
        assert plan["Node Type"] in kinds
        return [plan]
    return [leaf for part in below for leaf in nodes(part, kinds)]


async def complaint(health: Health, wanted: Condition | None) -> bool:
    found = health.complaints.get("scan")
    return (found.condition if found else None) == wanted
