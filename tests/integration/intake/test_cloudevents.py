"""What the headers of a CloudEvent say is what is taken, or refused; it is never passed over."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.builders.intake_service import NOWHERE, Upstream, document, served

BINARY = {
    "ce-specversion": "1.0",
    "ce-type": "qcdc.ReportSubmitted.v1",
    "ce-id": "one",
    "content-type": "application/json",
}
WITHDRAWAL = "qcdc.ReportWithdrawalRequested.v1"


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Provide an intake on PostgreSQL; Kafka plays no part."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


@pytest.mark.parametrize(
    ("changes", "status", "code", "named"),
    [
        ({"ce-type": WITHDRAWAL}, 415, "event_type_not_taken", WITHDRAWAL),
        ({"ce-type": "com.example.Other"}, 415, "event_type_not_taken", "com.example.Other"),
        ({"ce-type": None}, 415, "event_type_not_taken", "qcdc.ReportSubmitted.v1"),
        ({"ce-specversion": "0.3"}, 415, "event_version_not_taken", "0.3"),
        ({"ce-id": "another"}, 400, "event_id_mismatch", "another"),
        ({"ce-id": None}, 400, "event_id_mismatch", "one"),
        ({"ce-source": "another"}, 400, "source_mismatch", "another"),
        (
            {"content-type": "application/cloudevents+json; charset=utf-8"},
            415,
            "wrapped_event",
            "application/cloudevents+json",
        ),
        (
            {"content-type": "application/cloudevents-batch+json"},
            415,
            "wrapped_event",
            "application/cloudevents-batch+json",
        ),
    ],
)
async def test_another_event_than_the_address_takes_is_refused(
    changes: dict[str, str | None], status: int, code: str, named: str, upstream: Upstream
) -> None:
    """A withdrawal was stored as a new report: its headers were not read."""
    headers = {name: it for name, it in (BINARY | changes).items() if it is not None}
    body = json.dumps(document(0, 5, event_id="one"))

    answer = await upstream.http.post("/v1/submissions", content=body, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:qcdc:problem:{code}")
    assert named in answer.json()["detail"]
    assert not await upstream.rows("SELECT 1 FROM journal")


async def test_an_array_has_no_event_headers(upstream: Upstream) -> None:
    """They describe one event; of several nobody would know which."""
    body = json.dumps([document(0, 5, event_id="one"), document(1, 5)])

    answer = await upstream.http.post("/v1/submissions", content=body, headers=BINARY)

    assert (answer.status_code, answer.json()["type"]) == (
        400,
        "urn:qcdc:problem:event_headers_of_array",
    )
    assert not await upstream.rows("SELECT 1 FROM journal")


async def test_the_event_that_the_headers_announce_is_taken(upstream: Upstream) -> None:
    """Binary mode as the client libraries send it, with a path before the source's name."""
    body = json.dumps(document(0, 5, event_id="one"))
    headers = BINARY | {"ce-source": f"/upstream/{upstream.source}"}

    report = await upstream.http.post("/v1/submissions", content=body, headers=headers)
    handover = await upstream.http.post("/v1/handovers", content=body, headers=headers)

    assert report.status_code == 201
    assert handover.json()["type"] == "urn:qcdc:problem:event_type_not_taken"
