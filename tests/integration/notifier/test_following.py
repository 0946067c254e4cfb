"""Facts are published while the notifier runs, wired as it is served: from topic to mail."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.duties import DutyEvent, DutyExcused, DutyPostponed
from shared.contracts.topics import DUTIES
from shared.contracts.wire import header_texts
from shared.directory.contents import DirectoryContents, entities_of
from shared.directory.publisher import publish
from shared.infra.kafka.records import Record
from shared.reference.lineage import Link
from tests.builders.notifier_service import LATE, Line, arrived, as_written, at_work, line, stand
from tests.builders.notifier_world import DUE_AT, FORM, MINUTE, PROVINCE, communes, name, named
from tests.builders.reference import shipped_contents
from tests.eventually import eventually

__all__ = ["line"]

E = TypeVar("E", bound=DutyEvent)
AT = datetime.fromisoformat("2026-11-01T08:00:00+07:00")
DAY = timedelta(days=1)
DAYS_OFF = {date(2025, 10, 7) + step * DAY for step in range(7)}


def contents(period: str, **committee: object) -> DirectoryContents:
    """Return today's Ninh Bình, our law, and its committee with this demand."""
    given = shipped_contents()
    return replace(
        given,
        units=[it for it in given.units if PROVINCE in (it.key, it.parent)],
        links=[],
        committees=[as_written(period) | committee],
    )


def by_rule(period: str) -> DirectoryContents:
    """Return the same, with the date left to the regime."""
    (asked,) = rows(period, "demands")
    return contents(period, demands=[asked | {"due_at": None}])


def rows(period: str, what: str) -> list[dict[str, Any]]:
    found = as_written(period)[what]
    assert isinstance(found, list)
    return found


async def revise(line: Line, wanted: DirectoryContents, document: str) -> None:
    """Publish, as ``qcdc directory apply`` does."""
    assert await publish(line.bootstrap, entities_of(wanted), document, AT, topic=line.directory)


@pytest.mark.parametrize("line", ["cal.2025-M09"], indirect=True)
async def test_revised_calendar_moves_open_due_dates_only_later_and_is_audited(line: Line) -> None:
    """
    A week off is given late; whoever had reported keeps the verdict, the rest get the new day.

    The whole way: a revision on Kafka, the scan, the audit by HTTP, the event; then late again.
    """
    first = by_rule(line.period)
    assert first.calendar is not None
    due, moved = (datetime.fromisoformat(f"2025-10-{day}T17:00:00+07:00") for day in ("07", "14"))
    await revise(line, first, "danh mục ban đầu")
    await line.report(communes()[:126], at=due - MINUTE, due_at=due)
    await line.catch_up(due + MINUTE)
    async with at_work(line):
        await eventually(lambda: stand(line, {"met": 126, "overdue": 3}), seconds=90)
        await eventually(lambda: arrived(line, 1), seconds=30)
        calendar = replace(first.calendar, days_off=first.calendar.days_off | DAYS_OFF)
        await revise(line, replace(first, calendar=calendar), "Thông báo nghỉ bù")

        await eventually(lambda: stand(line, {"met": 126, "open": 3}), seconds=30)
        assert {it["due_at"] for it in await duties(line, "met")} == {in_utc(due)}
        found = await duties(line, "open")
        await line.catch_up(moved + MINUTE)
        await eventually(lambda: stand(line, {"met": 126, "overdue": 3}), seconds=30)
        postponed = await eventually(lambda: events(line, DutyPostponed, 3))

    assert {it["unit"] for it in found} == set(LATE)
    for duty in found:
        (change,) = duty["due_changes"]
        assert (change["was"], change["becomes"]) == (in_utc(due), in_utc(moved))
        assert (change["because"], change["rule"]) == ("recomputed", "cal.5wd")
    assert {(it.unit, it.was_due_at, it.due_at) for it in postponed} == {
        (u, due, moved) for u in LATE
    }


@pytest.mark.parametrize("line", ["cal.2025-Q3"], indirect=True)
async def test_one_revision_closes_a_unit_extends_another_and_ends_a_role(line: Line) -> None:
    """One commune is excused, one has more time, one stays late, and the new officer hears."""
    closed, extended, late = LATE
    first = contents(line.period)
    await revise(line, first, "danh mục ban đầu")
    await line.report(communes()[:126])
    await line.catch_up(DUE_AT + MINUTE)
    async with at_work(line):
        await eventually(lambda: stand(line, {"met": 126, "overdue": 3}), seconds=90)
        await eventually(lambda: arrived(line, 1), seconds=30)
        (officer,) = rows(line.period, "contacts")
        wanted = contents(
            line.period,
            contacts=[
                officer | {"valid_to": "2026-01-31"},
                officer | {"email": "moi@ninhbinh.example.vn", "valid_from": "2026-02-01"},
            ],
            extensions=[
                {
                    "form": FORM,
                    "period": line.period,
                    "units": [extended],
                    "deadline": "chậm nhất ngày 20/01/2026",
                    "document": "Công văn số 15-CV/BCĐ",
                }
            ],
        )
        end = date(2025, 8, 31)
        units = [replace(it, valid_to=end) if it.key == closed else it for it in wanted.units]
        link = Link(closed, late, "whole", end + DAY, "Nghị quyết 01/NQ-HĐND")
        await revise(line, replace(wanted, units=units, links=[link]), "sửa danh mục")

        await eventually(
            lambda: stand(line, {"met": 126, "excused": 1, "open": 1, "overdue": 1}), seconds=30
        )
        await eventually(lambda: arrived(line, 2), seconds=30)
        (gone,) = await eventually(lambda: events(line, DutyExcused, 1))

    message = line.mailbox.mails[1].message
    assert message["To"].addresses[0].addr_spec == "moi@ninhbinh.example.vn"
    assert named(line.mailbox.texts[1]) == {late}
    (excused,), (more_time,) = await duties(line, "excused"), await duties(line, "open")
    assert (excused["unit"], excused["name"], gone.unit) == (closed, name(closed), closed)
    assert excused["valid_to"] == "2025-08-31"
    assert (more_time["unit"], more_time["due_at"]) == (extended, "2026-01-20T17:00:00Z")
    assert [it["document"] for it in more_time["due_changes"]] == ["Công văn số 15-CV/BCĐ"]


async def duties(line: Line, state: str) -> list[Mapping[str, Any]]:
    """Ask for the duties of the period in a state."""
    answer = await line.http.get(
        "/v1/duties", params={"period": line.period, "state": state, "limit": 1000}
    )
    found: list[Mapping[str, Any]] = answer.raise_for_status().json()["duties"]
    return found


async def events(line: Line, kind: type[E], count: int) -> list[E]:
    """Return the events of a kind and of this period on the topic, once there are so many."""
    async with AIOKafkaConsumer(
        DUTIES, bootstrap_servers=line.bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        records: list[Record] = []
        while batches := await consumer.getmany(timeout_ms=2000):
            records += itertools.chain(*batches.values())
    found = [
        kind.model_validate_json(it.value)
        for it in records
        if header_texts(it.headers)["ce_type"] == kind.type_name()
    ]
    its = [it for it in found if it.period == line.period]
    assert len(its) == count
    return its


def in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
