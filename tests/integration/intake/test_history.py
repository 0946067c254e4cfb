"""Rules across periods on a real PostgreSQL: over several batches, entries and connections."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.app import build_receive_submissions, load_messages
from services.intake.domain.submissions import RawSubmission
from shared.contracts.reports import HandoverSubmitted
from shared.reference.committees import build_committees
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import Report, raw
from tests.builders.intake_reform import (
    FIRST,
    LAST,
    MERGED,
    OLD,
    context_of,
    handover,
    models,
    reformed,
)
from tests.builders.intake_service import (
    NOWHERE,
    Topics,
    Upstream,
    body_of,
    made_topics,
    reference,
    served,
)
from tests.eventually import eventually

REFORMED = reformed(reference())
KNOWLEDGE = context_of(REFORMED)
UNIT = "13285.2"
Q1, Q2 = "cal.2026-Q1", "cal.2026-Q2"
WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'report_series'"
)
QUESTIONS = """
SELECT topic, convert_from(body, 'UTF8') AS body FROM outbox
WHERE 'qcdc.ReportQuestioned.v1' = ANY(headers) ORDER BY id
"""


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake knows of the reform and has no Kafka."""
    async with served(postgres_url, NOWHERE, reference=REFORMED) as it:
        yield it


def quarter(period: str, opening: int, total: int, event_id: str) -> dict[str, object]:
    """Return the commune's report of a quarter."""
    return models(UNIT, period, opening, total).document(KNOWLEDGE, event_id=event_id)


def closing(unit: str, total: int, event_id: str) -> dict[str, object]:
    """Return the last report of an old commune."""
    return models(unit, LAST, total, total).document(KNOWLEDGE, event_id=event_id)


async def test_broken_chain_is_refused(upstream: Upstream) -> None:
    """Each report in a transaction of its own."""
    await upstream.post(quarter(Q1, 10, 12, "q1"))

    wrong = await upstream.post(quarter(Q2, 13, 13, "q2"))
    right = await upstream.post(quarter(Q2, 12, 13, "q2-right"))

    assert [it["code"] for it in wrong.json()["findings"]] == ["opening_equals_closing"]
    assert (wrong.status_code, right.status_code) == (422, 201)


@pytest.mark.parametrize("at_once", [True, False])
async def test_correction_questions_the_next_report(upstream: Upstream, at_once: bool) -> None:
    """In one batch as over three; the question stands until one of the two is sent again."""
    sent = [
        quarter(Q1, 10, 12, "q1"),
        quarter(Q2, 12, 13, "q2"),
        quarter(Q1, 10, 11, "q1-corrected"),
    ]
    for it in [sent] if at_once else [[it] for it in sent]:
        assert (await upstream.post(it)).status_code == 200

    first = (await upstream.http.get("/v1/submissions/q1-corrected")).json()
    second = (await upstream.http.get("/v1/submissions/q2")).json()
    (question,) = await upstream.rows(QUESTIONS)
    again = await upstream.post(sent[2])
    await upstream.post(quarter(Q2, 11, 13, "q2-corrected"))
    replaced = (await upstream.http.get("/v1/submissions/q2")).json()
    corrected = (await upstream.http.get("/v1/submissions/q2-corrected")).json()

    assert [it["code"] for it in first["findings"]] == ["following_report_questioned"]
    assert [it["findings"][0]["code"] for it in second["questions"]] == ["no_longer_continues"]
    assert second["questions"][0]["cause"]["revision"] == 2
    assert question["topic"] == f"qcdc.receipts.{upstream.source}.v1"
    assert json.loads(question["body"])["submission_id"] == "q2"
    assert again.json()["findings"] == first["findings"]
    assert (replaced["questions"], corrected["questions"]) == ([], [])
    assert len(await upstream.rows(QUESTIONS)) == 1


async def test_question_ends_when_its_cause_is_put_right(upstream: Upstream) -> None:
    """Nobody is asked about a contradiction that is gone."""
    for it in [(Q1, 10, 12, "a"), (Q2, 12, 13, "b"), (Q1, 10, 11, "c"), (Q1, 10, 12, "d")]:
        assert (await upstream.post(quarter(*it))).status_code == 201

    assert not (await upstream.http.get("/v1/submissions/b")).json()["questions"]


async def test_three_communes_become_one(upstream: Upstream) -> None:
    """10 + 20 + 5 are 35, whether the new commune says so itself or a record does."""
    for unit, total in zip(OLD, (10, 20, 5), strict=True):
        await upstream.post(closing(unit, total, f"last-{unit}"))

    refused = await upstream.hand_over(handover(MERGED, 36, "h36"))
    accepted = await upstream.hand_over(handover(MERGED, 35, "h35"))
    again = await upstream.hand_over(handover(MERGED, 35, "h35"))
    wrong = await upstream.post(models(MERGED, FIRST, 10, 10).document(KNOWLEDGE))
    right = await upstream.post(models(MERGED, FIRST, 35, 40).document(KNOWLEDGE))
    withdrawn = await upstream.http.delete("/v1/submissions/h35", params={"reason": "nhầm"})

    assert (refused.status_code, accepted.status_code, again.status_code) == (422, 201, 200)
    assert again.content == accepted.content
    assert [it["code"] for it in wrong.json()["findings"]] == ["opening_equals_handover"]
    assert right.status_code == 201
    assert withdrawn.status_code == 409
    found = (await upstream.http.get("/v1/submissions/h35")).json()
    assert (found["kind"], found["revision"], found["slot"]) == ("handover", 1, None)
    (kept,) = await upstream.rows("SELECT * FROM handover")
    assert json.loads(kept["openings"]) == {"dvk_models_opening": 35}


async def test_what_came_from_a_district_is_kept(upstream: Upstream) -> None:
    """Two records name the same ended district: the second is held against the first as stored."""
    for unit in ("13291.1", "13306.1", "13426.1", "13444.1", "13507.1", "13513.1", "D347.1"):
        await upstream.post(closing(unit, 3, f"last-{unit}"))

    def taking(unit: str, opening: int, share: int) -> dict[str, object]:
        shares = {"D347.1": {"dvk_models_opening": share}}
        return handover(unit, opening, f"{unit}-{share}", from_areas=shares)

    first = await upstream.hand_over(taking("13291.2", 11, 2))
    second = await upstream.hand_over(taking("13444.2", 11, 2))
    right = await upstream.hand_over(taking("13444.2", 10, 1))

    assert [it.status_code for it in (first, second, right)] == [201, 422, 201]
    assert [it["code"] for it in second.json()["findings"]] == ["handover_exceeds_area"]
    kept = await upstream.rows("SELECT from_areas FROM handover ORDER BY unit")
    assert [json.loads(it["from_areas"]) for it in kept] == [
        {"D347.1": {"dvk_models_opening": 2}},
        {"D347.1": {"dvk_models_opening": 1}},
    ]


async def test_record_settles_what_the_closings_left_open(upstream: Upstream) -> None:
    """A question because of a closing ends with the handover, which may raise one of its own."""
    await upstream.post(models(MERGED, FIRST, 34, 34).document(KNOWLEDGE, event_id="first"))
    for unit, total in zip(OLD, (10, 20, 5), strict=True):
        await upstream.post(closing(unit, total, f"last-{unit}"))

    by_closing = (await upstream.http.get("/v1/submissions/first")).json()["questions"]
    await upstream.hand_over(handover(MERGED, 35, "h"))
    by_handover = (await upstream.http.get("/v1/submissions/first")).json()["questions"]
    await upstream.post(models(MERGED, FIRST, 35, 35).document(KNOWLEDGE, event_id="again"))
    settled = (await upstream.http.get("/v1/submissions/again")).json()["questions"]

    assert [it["cause"]["unit"] for it in by_closing] == [OLD[2]]
    assert [it["cause"]["kind"] for it in by_handover] == ["handover"]
    assert settled == []


async def test_neighbouring_periods_wait_for_each_other(upstream: Upstream) -> None:
    """A report over HTTP is held against the correction that the stream is just receiving."""
    await upstream.post(quarter(Q1, 10, 12, "q1"))
    receive_submissions = build_receive_submissions(lambda: REFORMED, load_messages())
    correction = raw(quarter(Q1, 10, 11, "q1-corrected"))

    async with upstream.intake.database.transaction() as connection:
        await receive_submissions.journal.enter(connection)
        await receive_submissions.receive(connection, [correction])
        posted = asyncio.create_task(upstream.post(quarter(Q2, 12, 13, "q2")))
        await eventually(lambda: upstream.rows(WAITING))
        assert not posted.done()

    answer = await posted
    assert answer.status_code == 422
    assert [it["code"] for it in answer.json()["findings"]] == ["opening_equals_closing"]


async def test_new_unit_waits_for_the_corrections_of_its_predecessors(upstream: Upstream) -> None:
    """Two of the old and the new one at once: the last to come sees what the others said."""
    for unit, total in zip(OLD, (10, 20, 5), strict=True):
        await upstream.post(closing(unit, total, f"last-{unit}"))
    receive_submissions = build_receive_submissions(lambda: REFORMED, load_messages())
    correction = raw(closing(OLD[0], 11, "corrected"))

    async with upstream.intake.database.transaction() as connection:
        await receive_submissions.journal.enter(connection)
        await receive_submissions.receive(connection, [correction])
        other = asyncio.create_task(upstream.post(closing(OLD[1], 21, "corrected-too")))
        await eventually(lambda: upstream.rows(WAITING))
        opening = models(MERGED, FIRST, 35, 35).document(KNOWLEDGE)
        new = asyncio.create_task(upstream.post(opening))
        await eventually(lambda: _two_wait(upstream))

    assert (await other).status_code == 201
    refused = await new
    assert [it["code"] for it in refused.json()["findings"]] == ["opening_equals_predecessors"]


async def test_periods_at_once_in_any_order_do_not_block_each_other(upstream: Upstream) -> None:
    """Old and new units in opposite orders: report_seriess are locked in one order."""
    reports = [
        *(models(unit, LAST, None, n) for n, unit in enumerate(OLD, 1)),
        models(MERGED, FIRST, None, 6),
        models(UNIT, Q1, None, 1),
    ]
    batches = [
        [it.document(KNOWLEDGE, event_id=f"{k}-{n}") for n, it in enumerate(reports)]
        for k in range(8)
    ]

    answers = await asyncio.gather(
        *(upstream.post(it[:: 1 if k % 2 else -1]) for k, it in enumerate(batches))
    )

    assert all(it.status_code == 200 for it in answers)
    assert len(await upstream.rows("SELECT 1 FROM journal")) == 40


@pytest.mark.parametrize(("seconds", "on_time"), [(-1, True), (0, False)])
async def test_last_day_ends_at_midnight_in_vietnam(
    upstream: Upstream, seconds: int, on_time: bool
) -> None:
    """By "chậm nhất ngày 26/10/2026" 23:59:59 is in time and 00:00:00 is late, on any server."""
    receive_submissions = build_receive_submissions(lambda: LETTER, load_messages())
    midnight = datetime(2026, 10, 27, tzinfo=VIETNAM) + timedelta(seconds=seconds)

    async with upstream.intake.database.transaction() as connection:
        (decision,) = await receive_submissions.receive(
            connection, [_october(midnight.astimezone(UTC))]
        )

    assert decision.entry.deadline_rule == "Công văn 1-CV/BCĐ"
    assert decision.entry.on_time is on_time
    (stored,) = await upstream.rows("SELECT on_time FROM slot")
    assert stored["on_time"] is on_time


async def test_handover_and_question_travel_over_kafka(kafka: str, postgres_url: str) -> None:
    """Its receipt comes like any other; the question comes on the topic of whoever is asked."""
    async with (
        made_topics(kafka) as topics,
        served(postgres_url, kafka, topics, REFORMED) as upstream,
    ):
        await upstream.post(models(MERGED, FIRST, 34, 34).document(KNOWLEDGE, event_id="first"))
        await topics.receipts(1)

        await _send_handover(topics, handover(MERGED, 35, "h"))

        receipt, question = map(body_of, await topics.receipts(2))
        assert (receipt["submission_id"], receipt["revision"]) == ("h", 1)
        assert (question["submission_id"], question["cause"]["period"]) == ("first", FIRST)


def _letter(known: ReferenceData) -> ReferenceData:
    committee = {
        "key": "thu",
        "name_vi": "Ban Chỉ đạo thử",
        "area": "37.2",
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
        "demands": [
            {
                "form": "F05",
                "period": "nd09.2026-M10",
                "deadline": "chậm nhất ngày 26/10/2026",
                "document": "Công văn 1-CV/BCĐ",
            }
        ],
    }
    return replace(known, committees=build_committees([committee]))


LETTER = _letter(REFORMED)


def _october(at: datetime) -> RawSubmission:
    report = Report(UNIT, "F05", "nd09.2026-M10", {"dvk_models_total": 3})
    return raw(report.document(KNOWLEDGE), received_at=at)


async def _two_wait(upstream: Upstream) -> bool:
    return len(await upstream.rows(WAITING)) == 2


async def _send_handover(topics: Topics, document: dict[str, object]) -> None:
    await topics.send(document, [("ce_type", HandoverSubmitted.type_name().encode())])
