"""How far intake is done: what is believed of it, and whom it leaves out."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import pytest

from services.notifier.domain.completeness import CLOCK_SKEW
from services.notifier.usecases.horizon import HELD, STALLED_AFTER, WATERMARK, HorizonCondition
from services.notifier.usecases.raise_watermark import CLOCK
from shared.contracts.duties import HeldUnits
from shared.infra.errors import Partition
from tests.builders.notifier_world import (
    DUE_AT,
    MINUTE,
    REPORTED,
    Lag,
    World,
    communes,
    named,
    report,
    world,
)

FIRST, SECOND, *OTHERS = communes()


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier on an empty database."""
    async with world(postgres_url) as built:
        yield built


def held(*units: str, since: datetime = DUE_AT - MINUTE) -> HeldUnits:
    """Hold units because of one source."""
    return HeldUnits(source="slow", units=units, since=since)


async def now(it: World) -> datetime:
    """Read the database's clock."""
    return (await it.horizon().stored()).now


async def condition(it: World, part: str) -> object:
    """Return what a part complains of."""
    complaint = it.health.complaints.get(part)
    return complaint and complaint.condition


async def test_watermark_from_the_future_accuses_nobody(it: World) -> None:
    """One record of a clock that ran ahead, and 129 reports still unread in Kafka."""
    ahead = await now(it) + timedelta(days=1)
    await it.catch_up(ahead)

    await it.scan().once()

    assert await it.overdue() == set()
    assert await condition(it, CLOCK) is HorizonCondition.CLOCK_AHEAD
    await it.catch_up(DUE_AT + MINUTE)
    await it.scan().once()
    assert len(await it.overdue()) == 129
    assert await condition(it, CLOCK) is None


async def test_watermark_within_the_skew_is_believed(it: World) -> None:
    """Two clocks never agree exactly; intake takes as much off."""
    await it.catch_up(await now(it) + CLOCK_SKEW / 2)

    assert (await it.horizon().stored()).watermark is not None
    assert await condition(it, CLOCK) is None


async def test_watermark_that_was_believed_before_is_not_for_ever(it: World) -> None:
    """A release that did not compare clocks has stored it; the next sane one takes its place."""
    await it.ask("INSERT INTO watermark (watermark) VALUES (now() + interval '1 year')")
    await it.scan().once()
    assert await it.overdue() == set()

    await it.catch_up(DUE_AT + MINUTE)
    await it.scan().once()

    assert len(await it.overdue()) == 129


async def test_unit_that_is_held_waits_and_all_others_are_judged(it: World) -> None:
    """A report of it lies behind something that stands: it may have come in time."""
    await it.catch_up(DUE_AT + MINUTE, held(FIRST))

    await it.scan().once()
    await it.delivery().once()

    assert await it.overdue() == {SECOND, *OTHERS}
    assert named(it.mailbox.texts[0]) == {SECOND, *OTHERS}
    assert await condition(it, HELD) is HorizonCondition.UNITS_HELD

    await it.read(report(FIRST))
    await it.catch_up(DUE_AT + MINUTE)
    await it.scan().once()

    assert FIRST not in await it.overdue()
    assert await condition(it, HELD) is None


async def test_unit_that_is_held_since_after_its_due_instant_is_judged(it: World) -> None:
    """Everything that it sent in time has been judged."""
    await it.catch_up(DUE_AT + 2 * MINUTE, held(FIRST, since=DUE_AT + MINUTE))

    await it.scan().once()

    assert len(await it.overdue()) == 129


async def test_held_units_are_those_of_the_newest_watermark(it: World) -> None:
    """An event is true by itself: its watermark and whom it leaves out belong together."""
    await it.catch_up(DUE_AT + 2 * MINUTE, held(FIRST))
    await it.catch_up(DUE_AT + MINUTE)

    assert (await it.horizon().stored()).held.keys() == {FIRST}

    await it.catch_up(DUE_AT + 2 * MINUTE, held(SECOND))

    assert (await it.horizon().stored()).held.keys() == {SECOND}


async def test_unit_that_is_freed_waits_until_its_reports_are_read(it: World) -> None:
    """The first horizon leaves it out; what freed it lies behind that horizon's ends."""
    end = [100]

    class Growing(Lag):
        async def ends(self) -> Mapping[Partition, int]:
            return {REPORTED: end[0]}

    horizon = it.horizon(Growing([10]))
    await it.catch_up(DUE_AT + MINUTE, held(FIRST))
    assert await horizon.completeness() is None  # 90 of 100 are applied
    end[0] = 110
    await it.catch_up(DUE_AT + 2 * MINUTE)  # the report that freed it is one of these ten

    horizon._progress = Growing([0])  # now 100 of 110 are
    complete = await horizon.completeness()

    assert complete is not None
    assert complete.as_of == DUE_AT + MINUTE
    assert complete.held.keys() == {FIRST}


async def test_horizon_advances_while_reports_keep_coming(it: World) -> None:
    """There is always one unread; what came before the watermark's ends is not."""
    position, horizons = [0], []

    class Flowing(Lag):
        async def ends(self) -> Mapping[Partition, int]:
            position[0] += 10
            return {REPORTED: position[0] + 10}

        async def has_passed(self, ends: Mapping[Partition, int]) -> bool:
            return position[0] >= ends[REPORTED]

    horizon = it.horizon(Flowing([0]))
    for minutes in range(1, 5):
        await it.catch_up(DUE_AT + minutes * MINUTE)
        complete = await horizon.completeness()
        horizons.append(complete and complete.as_of)

    assert horizons == [None, *(DUE_AT + minutes * MINUTE for minutes in range(1, 4))]


async def test_horizon_is_void_when_our_tables_have_gone_back(it: World) -> None:
    """A restored database lacks reports that were read before."""
    await it.catch_up(DUE_AT + MINUTE)
    horizon = it.horizon()
    assert await horizon.completeness()

    it.lag[0] = 5

    assert await horizon.completeness() is None


async def test_unit_that_is_held_after_it_was_judged_is_named_once_it_is_free(it: World) -> None:
    """Nobody is named of whom a report may lie unread, and nobody else waits for that."""
    await it.catch_up(DUE_AT + MINUTE)
    await it.scan().once()
    await it.catch_up(DUE_AT + MINUTE, held(FIRST))
    for _ in range(2):
        await it.delivery().once()
        await it.ask("UPDATE notice SET send_after = now() WHERE state = 'planned'")
    await it.catch_up(DUE_AT + MINUTE)

    await it.delivery().once()

    assert [named(it) for it in it.mailbox.texts] == [{SECOND, *OTHERS}, {FIRST}]
    assert await it.ask("SELECT attempts, state FROM notice") == [(1, "sent"), (1, "sent")]


async def test_watermark_that_is_old_is_a_complaint(it: World) -> None:
    """Nobody is judged: somebody should know why before a committee asks."""
    await it.catch_up(await now(it) - STALLED_AFTER - MINUTE)
    await it.horizon().completeness()
    assert await condition(it, WATERMARK) is HorizonCondition.STALLED

    await it.catch_up(await now(it))
    await it.horizon().completeness()

    assert await condition(it, WATERMARK) is None
