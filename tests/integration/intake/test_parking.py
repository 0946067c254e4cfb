"""What reference data cannot judge is kept, answered, and judged by itself once they can."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from services.intake.store.parked import units_of_parked
from services.intake.usecases.judge_parked import PART, ParkingCondition
from shared.contracts.topics import COMMON
from shared.directory.contents import DirectoryContents, entities_of
from shared.directory.publisher import publish, read_published
from shared.infra.kafka.topics import create_missing_topics
from shared.reference.deadlines import Due
from shared.reference.periods import Period
from shared.reference.units import Unit
from tests.builders.intake_service import (
    NOWHERE,
    Upstream,
    body_of,
    document,
    made_topics,
    reference,
    served,
)
from tests.builders.plumbing import new_topic
from tests.builders.reference import shipped_contents
from tests.eventually import eventually

AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
UNITS = (
    Unit("37.2", "37", "province", "tinh", "Ninh Bình", None, date(2025, 7, 1), None),
    *(it for it in shipped_contents().units if it.key in {document(n)["unit"] for n in range(3)}),
)


def contents(*, calendar_from: int) -> DirectoryContents:
    """Return a small directory, whose calendar begins with a year."""
    law = replace(shipped_contents(), units=UNITS, links=(), committees=())
    assert law.calendar is not None
    first = date(calendar_from, 1, 1)
    calendar = law.calendar
    return replace(
        law,
        calendar=replace(
            calendar,
            first=first,
            days_off=frozenset(it for it in calendar.days_off if it >= first),
            days_worked=frozenset(it for it in calendar.days_worked if it >= first),
        ),
    )


@pytest.fixture
async def directory(kafka: str) -> str:
    """Publish the calendar of the new year alone, as in case 02."""
    await create_missing_topics(kafka, COMMON)
    topic = await new_topic(kafka)
    await read_published(kafka, topic)
    await publish(
        kafka, entities_of(contents(calendar_from=2027)), "Thông báo mẫu", AT, topic=topic
    )
    return topic


async def test_a_calendar_of_one_year_neither_fails_nor_blocks(
    kafka: str, postgres_url: str, directory: str
) -> None:
    """It was HTTP 500, and a partition that stood; now it is kept, and judged when it can be."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics, None, directory) as upstream,
    ):
        await eventually(partial(at_work, upstream), seconds=60)
        first, second = document(0, 1), document(1, 2)
        answer = await upstream.post(first)
        again = await upstream.post(first)
        await topics.send(second)
        receipts = await topics.receipts(3)

        assert (answer.status_code, again.status_code) == (202, 202)
        assert answer.json() == again.json() == await found(upstream, first)
        assert answer.json()["verdict"] == "parked"
        assert "tạm giữ, chưa xét" in answer.json()["findings"][0]["message"]
        assert [it.headers[3][1] for it in receipts] == [b"qcdc.SubmissionParked.v1"] * 3
        assert await held(upstream) == {first["unit"], second["unit"]}
        await eventually(partial(complains, upstream))
        assert await topics.published(upstream) == 0

        later = entities_of(contents(calendar_from=2016))
        await publish(kafka, later, "Thông báo mẫu", AT, topic=directory)
        verdicts = [body_of(it) for it in await topics.receipts(2, seconds=60)]

        assert {it["submission_id"] for it in verdicts} == {first["event_id"], second["event_id"]}
        assert [it["revision"] for it in verdicts] == [1, 1]
        received = {it["submission_id"]: it["received_at"] for it in verdicts}
        judged = await found(upstream, first)
        assert judged["verdict"] == "accepted"
        assert judged["received_at"] == answer.json()["received_at"] == received[first["event_id"]]
        assert await held(upstream) == set()
        assert await topics.published(upstream) == 2
        await eventually(partial(is_fine, upstream))
        assert (await upstream.post(first)).status_code == 200


async def test_a_judgement_that_raises_holds_up_nobody_else(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plant: one unit's due instant makes a rule fail; its neighbours in the array are judged."""
    facts = replace(reference())
    unit = document(1)["unit"]

    def faulty(form: str, period: Period, key: str) -> Due | None:
        if key == unit:
            raise LookupError("no such\x00thing")
        return reference().due(form, period, key)

    monkeypatch.setitem(facts.__dict__, "due", faulty)
    async with served(postgres_url, NOWHERE, reference=facts) as upstream:
        answer = await upstream.post([document(0), document(1), document(2)])

        results = answer.json()["results"]
        assert [it["status"] for it in results] == [201, 202, 201]
        assert results[1]["findings"][0]["code"] == "judgement_failed"
        await upstream.intake.judge_parked.look()
        complaint = upstream.intake.health.complaints[f"{PART}: judgement_failed"]
        assert complaint.condition is ParkingCondition.JUDGEMENT_FAILED
        assert await held(upstream) == {unit}


async def at_work(upstream: Upstream) -> bool:
    return "start" not in upstream.intake.health.complaints


async def found(upstream: Upstream, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what intake says of a submission, without what only a verdict has."""
    answer = await upstream.http.get(f"/v1/submissions/{sent['event_id']}")
    content: dict[str, Any] = answer.raise_for_status().json()
    return {name: it for name, it in content.items() if name not in {"slot", "questions"}}


async def held(upstream: Upstream) -> set[str]:
    """Return the units for which the watermark must wait."""
    async with upstream.intake.database.connection() as connection:
        return {unit for it in await units_of_parked(connection) for unit in it.units}


async def complains(upstream: Upstream) -> bool:
    complaint = upstream.intake.health.complaints.get(f"{PART}: submissions_parked")
    return complaint is not None and complaint.count == 2


async def is_fine(upstream: Upstream) -> bool:
    return f"{PART}: submissions_parked" not in upstream.intake.health.complaints
