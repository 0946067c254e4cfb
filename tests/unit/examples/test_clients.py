"""A client that gives up too early loses a report; one that sends other bytes makes a conflict."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from examples.http_client import ITEMS_PER_REQUEST, NoAnswer, RequestRefused, UpstreamClient
from examples.kafka_client import HANDOVER_SUBMITTED, SUBMITTED, WITHDRAWAL_REQUESTED, cloud_event
from examples.send_report import REPORT
from services.intake.domain.judge import judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import build_rule_context
from shared.contracts.reports import HandoverSubmitted, ReportSubmitted, ReportWithdrawalRequested
from shared.contracts.wire import encode
from tests.builders.intake import raw
from tests.builders.reference import shipped_reference

REPORTED = {"event_id": "a-1", "unit": "00004.2"}
ACCEPTED = {"submission_id": "a-1", "verdict": "accepted", "revision": 1, "findings": []}
EXAMPLES = Path(__file__).parents[2] / "contract" / "examples"


class ScriptedServer(httpx.AsyncBaseTransport):
    """Answers in turn, and keeps what it was sent; an exception is a broken connection."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    @property
    def documents(self) -> list[object]:
        """Everything that was posted."""
        return [json.loads(it.content) for it in self.requests]

    def client(self, seconds_max: float = 10.0) -> UpstreamClient:
        """Return a client of this server."""
        return UpstreamClient(
            httpx.AsyncClient(transport=self, base_url="http://intake"), seconds_max
        )


async def test_the_same_document_is_sent_until_there_is_an_answer() -> None:
    """Whether an unanswered request was stored, nobody knows; the event id makes it harmless."""
    server = ScriptedServer(
        httpx.ReadTimeout("no answer"),
        httpx.Response(503, headers={"Retry-After": "0"}, text="the database is away"),
        httpx.Response(201, json=ACCEPTED),
    )

    receipt = await server.client().submit(REPORTED)

    assert (receipt.accepted, receipt.submission_id, receipt.revision) == (True, "a-1", 1)
    assert server.documents == [REPORTED] * 3


async def test_retry_after_is_honoured() -> None:
    """Who would have to wait longer than there is time stops at once."""
    server = ScriptedServer(httpx.Response(503, headers={"Retry-After": "3600"}, text="away"))

    with pytest.raises(NoAnswer, match="away"):
        await server.client(seconds_max=600).submit(REPORTED)

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [404, 409, 422])
async def test_a_refusal_is_definite(status: int) -> None:
    """Repeating what was refused would only be refused again."""
    finding = {"code": "stock_balance", "field": "f", "severity": "reject", "message": "Sai."}
    problem = {"type": "urn:qcdc:problem:rejected", "findings": [finding]}
    server = ScriptedServer(httpx.Response(status, json=problem))

    receipt = await server.client().submit(REPORTED)

    assert (receipt.accepted, receipt.status, receipt.problem) == (False, status, "rejected")
    assert [(it.code, it.message) for it in receipt.findings] == [("stock_balance", "Sai.")]


async def test_a_wrong_key_is_said_at_once() -> None:
    """No number of attempts makes it right."""
    server = ScriptedServer(httpx.Response(401, text="unauthorized"))

    with pytest.raises(RequestRefused, match="unauthorized"):
        await server.client().submit(REPORTED)


async def test_many_reports_are_cut_into_arrays_and_answered_in_order() -> None:
    """Intake takes up to 1,000 at once."""
    reports = [{"event_id": str(number)} for number in range(ITEMS_PER_REQUEST + 1)]
    parts = reports[:ITEMS_PER_REQUEST], reports[ITEMS_PER_REQUEST:]
    answers = [
        {"results": [{"status": 201, "submission_id": it["event_id"]} for it in part]}
        for part in parts
    ]
    server = ScriptedServer(*(httpx.Response(200, json=it) for it in answers))

    receipts = await server.client().submit_many(reports)

    assert server.documents == list(parts)
    assert [it.submission_id for it in receipts] == [it["event_id"] for it in reports]
    assert {it.status for it in receipts} == {HTTPStatus.CREATED}


async def test_what_is_no_number_is_not_sent() -> None:
    """NaN is not JSON; intake would refuse it, so the mistake is shown where it was made."""
    server = ScriptedServer()

    with pytest.raises(ValueError, match="JSON"):
        await server.client().submit({"figures": {"work_days": float("nan")}})

    assert server.requests == []


async def test_an_unknown_submission_has_no_receipt() -> None:
    """Then it can be sent."""
    server = ScriptedServer(httpx.Response(404, json={"type": "urn:qcdc:problem:unknown"}))

    assert await server.client().receipt("a-1") is None


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        (SUBMITTED, ReportSubmitted),
        (WITHDRAWAL_REQUESTED, ReportWithdrawalRequested),
        (HANDOVER_SUBMITTED, HandoverSubmitted),
    ],
)
def test_headers_are_those_of_the_contract(
    kind: str, event: type[ReportSubmitted | ReportWithdrawalRequested | HandoverSubmitted]
) -> None:
    """The client knows them by heart; the contract's own encoder must say the same."""
    text = (EXAMPLES / f"{event.__name__}.v1.json").read_text(encoding="utf-8")
    its = event.model_validate_json(json.dumps(json.loads(text)["body"]))
    expected = dict(encode(its, "ninh-binh").headers)
    del expected["ce_dataschema"]  # not required

    headers = cloud_event(kind, its.event_id, its.occurred_at.isoformat(), "ninh-binh")

    assert dict(headers) == expected


def test_the_report_of_the_example_would_be_accepted() -> None:
    """Who tries the example must not be refused by intake."""
    reference = shipped_reference()
    received_at = datetime(2025, 10, 15, 2, 14, 8, tzinfo=UTC)
    arrival = raw(REPORT.read_bytes(), received_at=received_at)

    verdict = judge(
        parse_submission(arrival),
        build_rule_context(reference.catalogue, reference.directory, reference.due),
    )

    assert verdict.violations == ()
    assert verdict.validated
