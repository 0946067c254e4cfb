"""Reference data change while the notifier runs: on real tables, with the mail that follows."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.notifier.domain.changes import DueChangeCause
from services.notifier.domain.duties import Duty, DutyState
from services.notifier.store.duties import QUERIES, DutyStore
from services.notifier.usecases.duties import DutyView
from shared.infra.errors import Partition
from shared.reference.committees import Demand, Extension
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage, Link
from shared.reference.place_names import in_sentence
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.notifier import withdrawn
from tests.builders.notifier_world import (
    COMMITTEE,
    CONTACT,
    DUE_AT,
    FORM,
    MINUTE,
    PERIOD,
    Lag,
    World,
    communes,
    name,
    named,
    report,
    waiting_for_the_lock,
    world,
)
from tests.eventually import eventually

BY_RULE = replace(COMMITTEE, demands=(Demand(FORM, PERIOD, None, COMMITTEE.demands[0].document),))
DAY = timedelta(days=1)
BEFORE_ANY_ROLE_ENDED = date(2025, 1, 1)
LATE = communes()[:2]
REPORTED = communes()[2:]


@pytest.fixture
async def it(postgres_url: str) -> AsyncIterator[World]:
    """Build a notifier whose scan has found two late communes."""
    async with world(postgres_url) as built:
        await built.read(*map(report, REPORTED))
        await built.catch_up(DUE_AT + 30 * DAY)
        yield built


async def test_revised_calendar_moves_open_duties_later_with_a_line_each(it: World) -> None:
    """
    A month off is given after everybody was notified that 09/01/2026 is the day.

    Due by the rule of the regime, five working days after the year: only who has sent nothing is
    moved, is no longer overdue, and is left out of the mail that was planned.
    """
    it.demand(BY_RULE)
    scan = it.scan()
    await scan.once()
    (was,) = {duty.due_at for duty in await it.duties(DutyState.OVERDUE)}
    it.reference = revised(it.reference, days_off={was.date()}, until=30)

    await scan.once()
    await it.delivery().once()

    moved = await it.duties(DutyState.OPEN)
    assert {duty.unit for duty in moved} == set(LATE)
    (becomes,) = {duty.due_at for duty in moved}
    assert becomes > was + 30 * DAY
    assert [lines_of(duty) for duty in moved] == [[(was, becomes, DueChangeCause.RECOMPUTED)]] * 2
    assert {(d.due_at, d.on_time) for d in await it.duties(DutyState.MET)} == {(was, True)}
    assert await it.published("DutyPostponed") == 2
    assert it.mailbox.mails == []
    (notice,) = await it.notices()
    assert notice.state == "cancelled"


async def test_calendar_taken_back_moves_nothing_earlier(it: World) -> None:
    """What was granted once stays, whatever is published afterwards."""
    it.demand(BY_RULE)
    scan = it.scan()
    await scan.once()
    before = it.reference
    (was,) = {duty.due_at for duty in await it.duties(DutyState.OVERDUE)}
    it.reference = revised(before, days_off={was.date()}, until=30)
    await scan.once()
    before_moves = await it.ask("SELECT unit, due_at, state FROM duty ORDER BY unit")

    it.reference = before
    await scan.once()

    assert await it.ask("SELECT unit, due_at, state FROM duty ORDER BY unit") == before_moves
    assert await it.ask("SELECT count(*) FROM due_change") == [(2,)]


async def test_extension_helps_the_unit_it_names_and_its_letter_says_so(it: World) -> None:
    """Late again after the extension: the committee hears again, with both documents."""
    scan = it.scan()
    await scan.once()
    await it.delivery().once()
    document = "Công văn số 15-CV/BCĐ ngày 08/01/2026"
    granted = DUE_AT + 7 * DAY
    it.demand(
        replace(
            COMMITTEE,
            extensions=(Extension(FORM, PERIOD, frozenset({LATE[0]}), granted, document),),
        )
    )
    await scan.once()  # overdue once more: the watermark lies beyond the new instant
    await it.ask("UPDATE notice SET send_after = now() - interval '1 hour'")

    await it.delivery().once()

    (duty,) = await it.duties(unit=LATE[0])
    assert (duty.state, duty.due_at) == (DutyState.OVERDUE, granted)
    assert [(c.because, c.document) for c in duty.due_changes] == [
        (DueChangeCause.EXTENSION, document)
    ]
    first, second = it.mailbox.texts
    assert named(first) == set(LATE)
    assert named(second) == {LATE[0]}
    assert f"Văn bản yêu cầu: {COMMITTEE.demands[0].document}." in second
    assert f"Văn bản gia hạn: {document}." in second
    await scan.once()
    assert len(await it.notices()) == 2


async def test_unit_closed_in_retrospect_is_excused_and_comes_back(it: World) -> None:
    """An act of last year is entered late: who did not exist is not named, until it is mended."""
    scan = it.scan()
    await scan.once()
    unit, other = LATE
    before = it.reference
    it.reference = closed(before, unit, date(2025, 9, 30), into=other)
    await scan.once()
    (excused,) = await it.duties(DutyState.EXCUSED)
    assert (excused.unit, excused.valid_to) == (unit, date(2025, 9, 30))
    assert await it.published("DutyExcused") == 1

    await it.delivery().once()
    assert named(it.mailbox.texts[0]) == {other}

    it.reference = before
    await scan.once()
    await it.ask("UPDATE notice SET send_after = now() - interval '1 hour'")
    await it.delivery().once()
    assert await it.overdue() == set(LATE)
    assert named(it.mailbox.texts[1]) == {unit}
    assert await it.published("DutyOpened") == 130


async def test_unit_closed_since_is_named_with_who_answers_for_it(it: World) -> None:
    """It owed then, and somebody answers for it now."""
    unit, other = LATE
    it.reference = closed(it.reference, unit, date(2026, 1, 4), into=other)

    await it.scan().once()
    await it.delivery().once()

    (text,) = it.mailbox.texts
    assert named(text) == set(LATE)
    assert f"(đến hết ngày 04/01/2026; nay là {in_sentence(name(other))})" in text


async def test_demand_that_is_withdrawn_excuses_everybody_who_is_late(it: World) -> None:
    """The committee took its letter back; who has reported stays met."""
    scan = it.scan()
    await scan.once()
    it.demand(replace(COMMITTEE, demands=()))

    await scan.once()
    await it.delivery().once()

    states = await it.ask("SELECT state, count(*) FROM duty GROUP BY state ORDER BY state")
    assert states == [("excused", 2), ("met", 127)]
    assert it.mailbox.mails == []


async def test_withdrawn_report_is_owed_by_the_reference_data_of_then(it: World) -> None:
    """While it was met the letter granted more time; nobody is accused by the old instant."""
    unit = REPORTED[0]
    scan = it.scan()
    await scan.once()
    (demand,) = COMMITTEE.demands
    it.demand(replace(COMMITTEE, demands=(replace(demand, due_at=DUE_AT + 60 * DAY),)))
    await scan.once()
    await it.read(withdrawn(2, DUE_AT + DAY, Slot(unit, FORM, PERIOD)))

    await scan.once()

    (duty,) = await it.duties(unit=unit)
    assert (duty.state, duty.due_at) == (DutyState.OPEN, DUE_AT + 60 * DAY)
    assert await it.overdue() == set()


async def test_nobody_is_written_to_whose_role_has_ended(it: World) -> None:
    """Between planning and sending the officer left: the successor hears, and the officer not."""
    scan = it.scan()
    await scan.once()
    today = date.today()  # noqa: DTZ011 - a day before it is over everywhere
    gone = replace(CONTACT, valid_to=today - 2 * DAY)
    heir = replace(CONTACT, name="Lê Thị Mới", email="moi@example.vn", valid_from=gone.valid_to)
    it.demand(replace(COMMITTEE, contacts=(gone, heir)))

    await it.delivery().once()
    await scan.once()
    await it.delivery().once()

    (mail,) = it.mailbox.mails
    assert mail.message["To"].addresses[0].addr_spec == heir.email
    assert named(it.mailbox.texts[0]) == set(LATE)
    assert {notice.recipient: notice.state for notice in await it.notices()} == {
        CONTACT.email: "cancelled",
        heir.email: "sent",
    }


async def test_role_that_is_given_again_hears_what_it_missed(it: World) -> None:
    """Its notice was cancelled, not lost."""
    scan = it.scan()
    await scan.once()
    left = replace(CONTACT, valid_to=BEFORE_ANY_ROLE_ENDED)
    it.demand(replace(COMMITTEE, contacts=(left,)))
    await scan.once()
    await it.delivery().once()
    assert it.mailbox.mails == []

    it.demand(COMMITTEE)
    await scan.once()
    await it.delivery().once()

    assert named(it.mailbox.texts[0]) == set(LATE)


async def test_rejudged_report_tells_its_new_verdict(it: World) -> None:
    """By a document; the audit cites it."""
    late = replace(COMMITTEE, demands=(replace(COMMITTEE.demands[0], due_at=DUE_AT - DAY),))
    it.demand(late)
    unit, slot = LATE[0], Slot(LATE[0], FORM, PERIOD)
    await it.read(report(unit, at=DUE_AT - MINUTE, due_at=DUE_AT - DAY))
    await it.scan().once()
    (before,) = await it.duties(unit=unit)

    await it.read(
        report(unit, 2, at=DUE_AT - MINUTE, due_at=DUE_AT, rejudged="Thông báo số 20-TB/BCĐ")
    )

    (duty,) = await it.duties(unit=slot.unit)
    assert (before.on_time, duty.on_time, duty.due_at) == (False, True, DUE_AT)
    assert [(c.because, c.document) for c in duty.due_changes] == [
        (DueChangeCause.REJUDGED, "Thông báo số 20-TB/BCĐ")
    ]


async def test_planned_mail_waits_until_the_duties_are_reconciled(it: World) -> None:
    """Planned before a restart or a revision: a unit that is excused since must not be named."""
    await it.scan().once()
    it.demand(replace(COMMITTEE, demands=()))
    restarted = it.scan()
    delivery = it.delivery(after=restarted)

    await delivery.once()
    waiting = [notice.state for notice in await it.notices()]
    await restarted.once()
    await delivery.once()

    assert waiting == ["planned"]
    assert [notice.state for notice in await it.notices()] == ["cancelled"]
    assert it.mailbox.mails == []
    it.demand(COMMITTEE)
    assert not restarted.has_reconciled()


async def test_nobody_is_judged_by_reference_data_that_changed_during_the_scan(it: World) -> None:
    """The letter that grants more time came into force while the page of 5,000 was read."""
    scan, granted = it.scan(), DUE_AT + 60 * DAY
    (demand,) = COMMITTEE.demands

    class MoreTime(Lag):
        async def ends(self) -> Mapping[Partition, int]:
            it.demand(replace(COMMITTEE, demands=(replace(demand, due_at=granted),)))
            return await super().ends()

    scan._horizon = it.horizon(MoreTime([0]))
    await scan.once()

    assert await it.overdue() == set()
    assert await it.published("DutyBecameOverdue") == 0


async def test_new_reference_data_wait_for_a_batch_in_hand(it: World) -> None:
    """Else a report that is being filed would meet a duty that was just moved."""
    scan = it.scan()
    await scan.once()
    it.demand(replace(COMMITTEE, demands=()))
    async with it.database.transaction() as connection:
        await it.open_store(connection).lock_shared()
        following = asyncio.create_task(scan.once())
        await eventually(lambda: waiting_for_the_lock(it))
    await following

    assert len(await it.duties(DutyState.EXCUSED)) == 2


async def test_following_that_fails_is_done_again(it: World) -> None:
    """Half of it may be done; the next second does the rest."""
    scan = it.scan()
    await scan.once()
    it.demand(replace(COMMITTEE, demands=()))
    await it.ask("ALTER TABLE duty RENAME COLUMN incarnation TO elsewhere")
    with pytest.raises(asyncpg.PostgresError):
        await scan.once()
    await it.ask("ALTER TABLE duty RENAME COLUMN elsewhere TO incarnation")

    await scan.once()

    assert len(await it.duties(DutyState.EXCUSED)) == 2


async def test_audit_refuses_an_earlier_instant(it: World) -> None:
    """The table itself holds what the code promises."""
    await it.scan().once()

    with pytest.raises(asyncpg.CheckViolationError):
        await it.ask(
            "INSERT INTO due_change SELECT unit, form, period, due_at, due_at - interval '1 s',"
            " 'rule', 'recomputed', '', now() FROM duty LIMIT 1"
        )


async def test_between_changes_only_what_is_due_is_read(it: World) -> None:
    """The same reference data are the same object, so no duty is compared with them again."""
    pages = watch_pages(it)
    scan = it.scan()
    await scan.once()
    first = len(pages)

    await scan.once()

    assert 0 < first == len(pages)
    it.demand(BY_RULE)
    await scan.once()
    assert len(pages) > first


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_page_of_unmet_duties_reads_no_other(it: World, mode: str) -> None:
    """A page of 5,000 of 100,000 duties, in the middle, without sorting or skipping."""
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
            f"EXPLAIN (ANALYZE, FORMAT JSON) {QUERIES['unmet']}", "5", "F05", "cal.2030", 5000
        )

    (scan,) = leaves(json.loads(plan)[0]["Plan"])
    assert scan["Index Name"] == "duty_unmet"
    assert scan["Actual Rows"] == 5000
    assert scan.get("Rows Removed by Filter", 0) == 0


def revised(before: ReferenceData, days_off: set[date], until: int) -> ReferenceData:
    """Return reference data in which these days, and so many after them, are days off."""
    more = {day + step * DAY for day in days_off for step in range(until)}
    calendar = before.calendar
    off, worked = calendar.days_off | more, calendar.days_worked - more
    return replace(before, calendar=replace(calendar, days_off=off, days_worked=worked))


def closed(before: ReferenceData, unit: str, last_day: date, into: str) -> ReferenceData:
    """Return reference data in which a unit ended on a day, and passed whole into another."""
    units = [
        replace(state, valid_to=last_day) if state.key == unit else state
        for key in before.directory
        for state in before.directory.states(key.key)
    ]
    link = Link(unit, into, "whole", last_day + DAY, "Nghị quyết số 01/NQ-HĐND", verified=True)
    return replace(before, directory=Directory(units), lineage=Lineage([*before.lineage, link]))


def lines_of(duty: DutyView) -> list[tuple[Any, ...]]:
    """Return the audit of a duty, without the times at which it was written."""
    return [(it.was, it.becomes, it.because) for it in duty.due_changes]


def leaves(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the leaves of a plan."""
    below = plan.get("Plans", [])
    return [leaf for part in below for leaf in leaves(part)] if below else [plan]


def watch_pages(it: World) -> list[Slot | None]:
    """Record from now on after which slot each page of unmet duties is read."""
    pages: list[Slot | None] = []

    class Watched(DutyStore):
        async def unmet(self, after: Slot | None, limit: int) -> Sequence[Duty]:
            pages.append(after)
            return await super().unmet(after, limit)

    it.open_store = lambda connection: Watched(connection, lambda _: 0)
    return pages
