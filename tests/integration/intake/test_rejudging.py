"""Judging lateness again: only when a document orders it, once, and as one more revision."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from services.intake import app as wiring
from services.intake.app import build_receive_submissions, load_messages, rule_context
from services.intake.settings import IntakeSettings
from services.intake.usecases.rejudge import RejudgeOrder, RejudgeReports
from shared.contracts.reports import ReportAccepted
from shared.contracts.topics import REPORTS
from shared.infra.errors import Misconfigured
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_rejudging import DOCUMENT, EXTENDED, IN_USE_LATER, ORDER, PERIOD
from tests.builders.intake_service import (
    NOWHERE,
    Upstream,
    document,
    served,
)

VERDICTS = "SELECT revision, on_time, deadline_rule FROM slot ORDER BY unit, form, period"
EVENTS = "SELECT body FROM outbox WHERE topic = $1 ORDER BY id"


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose reports for October were all late by the regime's rule."""
    async with served(postgres_url, NOWHERE) as it:
        for number in range(3):
            assert (await it.post(document(number, number + 1, event_id=f"r-{number}"))).is_success
        yield it


def rejudging(upstream: Upstream, known: ReferenceData) -> RejudgeReports:
    """Return what judges again by these facts."""
    receive_submissions = build_receive_submissions(lambda: known, load_messages())
    return RejudgeReports(upstream.intake.database, receive_submissions, rule_context(known))


async def test_document_changes_verdicts_once(upstream: Upstream) -> None:
    """A second run finds nothing; the journal says who ordered it, the events who had sent."""
    before = [await upstream.http.get(f"/v1/submissions/r-{n}") for n in range(3)]

    changes = await rejudging(upstream, EXTENDED).carry_out(ORDER)
    again = await rejudging(upstream, EXTENDED).carry_out(ORDER)

    assert [(it.revision, it.on_time) for it in changes] == [(2, (False, True))] * 3
    assert not again
    verdicts = [tuple(it.values()) for it in await upstream.rows(VERDICTS)]
    assert verdicts == [(2, True, "Công văn gia hạn")] * 3
    lines = await upstream.rows("SELECT * FROM journal WHERE kind = 'rejudgement'")
    assert {it["source"] for it in lines} == {"qcdc-operator"}
    assert {json.loads(it["body"])["document"] for it in lines} == {DOCUMENT}
    rows = await upstream.rows(EVENTS, REPORTS)
    events = [ReportAccepted.model_validate_json(it["body"]) for it in rows]
    told = {(it.submission_id, it.revision, it.on_time, it.rejudged) for it in events}
    assert {it for it in told if it[1] == 2} == {(f"r-{n}", 2, True, DOCUMENT) for n in range(3)}
    sent = [{**it.figures, "_": it.received_at} for it in events]
    assert sent[:3] == sorted(sent[3:], key=lambda it: str(it["_"]))
    after = [await upstream.http.get(f"/v1/submissions/r-{n}") for n in range(3)]
    assert [_without_slot(it.json()) for it in after] == [_without_slot(it.json()) for it in before]
    assert all(it.json()["slot"]["holds_this"] for it in after)


async def test_first_day_published_later_makes_history_of_what_was_late(
    upstream: Upstream,
) -> None:
    """The verdict becomes none, in the journal, in the slot and on the topic."""
    changes = await rejudging(upstream, IN_USE_LATER).carry_out(ORDER)
    again = await rejudging(upstream, IN_USE_LATER).carry_out(ORDER)

    assert [it.on_time for it in changes] == [(False, None)] * 3
    assert "(late) -> " in changes[0].line
    assert "(backfilled)" in changes[0].line
    assert not again
    assert [it["on_time"] for it in await upstream.rows(VERDICTS)] == [None] * 3
    rows = await upstream.rows(EVENTS, REPORTS)
    events = [ReportAccepted.model_validate_json(it["body"]) for it in rows]
    assert [it.backfilled for it in events if it.revision == 2] == [True] * 3


async def test_dry_run_changes_nothing(upstream: Upstream) -> None:
    """It lists what would change."""
    before = await upstream.rows(VERDICTS)

    changes = await rejudging(upstream, EXTENDED).carry_out(replace(ORDER, dry_run=True))

    assert len(changes) == 3
    assert "late) -> " in changes[0].line
    assert await upstream.rows(VERDICTS) == before
    assert not await upstream.rows("SELECT 1 FROM journal WHERE kind = 'rejudgement'")


async def test_one_unit_only_and_its_withdrawal(upstream: Upstream) -> None:
    """Its sender can still withdraw it by the receipt that he has."""
    unit = str(document(1)["unit"])
    order = RejudgeOrder("F05", PERIOD, DOCUMENT, unit=unit)

    changes = await rejudging(upstream, EXTENDED).carry_out(order)
    withdrawn = await upstream.http.delete("/v1/submissions/r-1", params={"reason": "nhầm"})

    assert [it.unit for it in changes] == [unit]
    assert (withdrawn.status_code, withdrawn.json()["revision"]) == (200, 3)


async def test_verb_works_by_the_facts_of_the_service(upstream: Upstream) -> None:
    """Of which there are none but those that ship with the code, so nothing changes."""
    settings = IntakeSettings(
        kafka=NOWHERE, database=SecretStr(upstream.intake.database.url), http_port=1
    )

    looking = replace(ORDER, dry_run=True)

    assert await wiring.rejudge(settings, looking) == []
    with pytest.raises(Misconfigured, match="no unit"):
        await wiring.rejudge(settings, replace(looking, area="nowhere"))
    with pytest.raises(KafkaError):  # it would number revisions without knowing which there are
        await wiring.rejudge(settings, ORDER)


def _without_slot(view: dict[str, object]) -> dict[str, object]:
    return {name: it for name, it in view.items() if name != "slot"}
