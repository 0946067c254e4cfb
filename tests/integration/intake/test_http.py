"""HTTP answers with the verdict after the commit, whether Kafka is there or not."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from services.intake.domain.violations import FINDINGS_MAX
from tests.builders.intake_service import NOWHERE, Upstream, document, served


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake has no Kafka."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


async def test_verdict_is_given_while_kafka_is_down(upstream: Upstream) -> None:
    """The report is in the journal and waits in the outbox; the sender need not."""
    sent = document(0, 5)

    answer = await upstream.post(sent)

    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["verdict"] == "accepted"
    assert receipt["revision"] == 1
    assert receipt["due_at"] == "2026-10-16T10:00:00Z"
    assert receipt["on_time"] is False
    topics = [it["topic"] for it in await upstream.rows("SELECT topic FROM outbox ORDER BY id")]
    assert topics == [f"qcdc.receipts.{upstream.source}.v1", "qcdc.reports.v1"]


async def test_resend_is_answered_with_the_same_bytes(upstream: Upstream) -> None:
    """Also when it comes in an array, and also for a rejection."""
    good, bad = document(0, 5), document(1, 5, period="cal.2023-M13")

    firsts = [await upstream.post(good), await upstream.post(bad)]
    again = [await upstream.post(good), await upstream.post(bad)]
    many = await upstream.post([good, bad])

    assert [it.status_code for it in firsts] == [201, 422]
    assert [it.status_code for it in again] == [200, 422]
    assert [it.content for it in again] == [it.content for it in firsts]
    assert many.json()["results"][0] == {"status": 200} | firsts[0].json()
    assert many.json()["results"][1] == firsts[1].json()
    assert len(await upstream.rows("SELECT 1 FROM journal")) == 2


async def test_rejection_names_every_finding(upstream: Upstream) -> None:
    """As problem+json, with a code, a field and a Vietnamese sentence each."""
    sent = document(0, 5, note="a\u0000b", unit="99999.9", extra=1)

    answer = await upstream.post(sent)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:qcdc:problem:rejected"
    assert {(it["code"], it["field"]) for it in problem["findings"]} == {
        ("control_character", "note"),
        ("unknown_field", "extra"),
    }
    assert (await upstream.rows("SELECT verdict FROM journal"))[0]["verdict"] == "rejected"


async def test_other_content_under_a_used_id_is_409(upstream: Upstream) -> None:
    """The first report stands."""
    await upstream.post(document(0, 5, event_id="same"))

    answer = await upstream.post(document(0, 6, event_id="same"))

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:qcdc:problem:event_id_conflict"
    assert (await upstream.rows("SELECT revision FROM slot"))[0]["revision"] == 1


async def test_withdrawal_and_its_repetition(upstream: Upstream) -> None:
    """DELETE empties the slot once; a second report fills it again and cannot be hit by it."""
    await upstream.post(document(0, 5, event_id="first"))
    path = "/v1/submissions/first"
    params = {"reason": "Nhập nhầm đơn vị"}

    done = await upstream.http.delete(path, params=params)
    filled_again = await upstream.post(document(0, 5, event_id="second"))
    repeated = await upstream.http.delete(path, params=params)
    other_reason = await upstream.http.delete(path, params={"reason": "Lý do khác"})

    assert (done.status_code, done.json()["revision"]) == (200, 2)
    assert (filled_again.status_code, filled_again.json()["revision"]) == (201, 3)
    assert (repeated.status_code, repeated.content) == (200, done.content)
    assert other_reason.status_code == 409
    assert other_reason.json()["type"] == "urn:qcdc:problem:superseded"
    slot = (await upstream.http.get("/v1/submissions/second")).json()["slot"]
    assert slot == {"revision": 3, "filled": True, "holds_this": True}


async def test_array_is_judged_item_by_item(upstream: Upstream) -> None:
    """In order, in one transaction; what has no identity is refused beside the others."""
    items = [document(0, 1), {"figures": {}}, 5, document(0, 2), document(0, 2), document(1, -1)]

    answer = await upstream.post(items)

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [it["status"] for it in results] == [201, 422, 400, 201, 200, 422]
    assert [it.get("revision") for it in results] == [1, None, None, 2, 2, None]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "not_json"),
        (b"\xff", 400, "not_utf8"),
        (b"{}", 422, "missing_event_id"),
        (b'{"event_id": "a", "note": "' + b"x" * 1_048_576 + b'"}', 413, "too_large"),
    ],
)
async def test_what_cannot_be_read_is_a_problem(
    body: bytes, status: int, code: str, upstream: Upstream
) -> None:
    """With a reason, and nothing in the journal."""
    answer = await upstream.post(body)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:qcdc:problem:{code}")
    assert not await upstream.rows("SELECT 1 FROM journal")


async def test_without_a_key_nothing_is_said(upstream: Upstream) -> None:
    """Nor with a key that was revoked, or whose secret is another."""
    key = upstream.http.headers.pop("Authorization").removeprefix("Bearer ")
    tries = [{}, {"X-API-Key": key[:-1] + "~"}, {"Authorization": f"Bearer {key[:14]}{'a' * 43}"}]

    refused = [await upstream.http.get("/v1/submissions/a", headers=it) for it in tries]
    accepted = await upstream.http.get("/v1/submissions/a", headers={"X-API-Key": key})
    await upstream.rows("UPDATE api_key SET revoked_at = now()")
    revoked = await upstream.http.get("/v1/submissions/a", headers={"X-API-Key": key})

    assert [it.status_code for it in refused] == [401] * 3
    assert refused[0].headers["www-authenticate"] == "Bearer"
    assert (accepted.status_code, revoked.status_code) == (404, 401)


async def test_one_event_sent_twenty_times_at_once_counts_once(upstream: Upstream) -> None:
    """With a slot its lock orders them; without one the journal's unique key does."""
    known, unknown = document(0, 5), document(0, 5, unit="99999.9")

    answers = await asyncio.gather(*(upstream.post(it) for it in [known, unknown] * 10))

    assert Counter(it.status_code for it in answers) == {201: 1, 200: 9, 422: 10}
    assert len({it.content for it in answers}) == 2
    assert len(await upstream.rows("SELECT 1 FROM journal")) == 2
    assert len(await upstream.rows("SELECT 1 FROM outbox WHERE topic = 'qcdc.reports.v1'")) == 1


async def test_units_at_once_in_any_order_do_not_block_each_other(upstream: Upstream) -> None:
    """Arrays that name the same slots in opposite orders: locks are taken in one order."""
    batches = [[document(n, k) for n in range(20)][:: 1 if k % 2 else -1] for k in range(1, 7)]

    answers = await asyncio.gather(*(upstream.post(it) for it in batches))

    assert all(it.status_code == 200 for it in answers)
    revisions = await upstream.rows("SELECT revision FROM slot")
    assert [it["revision"] for it in revisions] == [6] * 20


async def test_carried_in_cases_come_from_the_slots(upstream: Upstream) -> None:
    """R5 over three months, each in a transaction of its own."""

    def month(period: str, detected: int, resolved: int, **carried_in: int) -> dict[str, object]:
        figures = {
            "pib_violations_detected": detected,
            "pib_cases_resolved": resolved,
            **carried_in,
        }
        sent = document(0)
        required = dict.fromkeys(_FRONT_REQUIRED)
        return sent | {"form": "F04", "period": period, "figures": required | figures}

    early = await upstream.post(month("nd09.2026-M10", 1, 2, pib_cases_carried_in=0))
    await upstream.post(month("nd09.2026-M08", 5, 1))
    await upstream.post(month("nd09.2026-M09", 0, 3))
    fitting = await upstream.post(month("nd09.2026-M10", 1, 2))
    too_many = await upstream.post(month("nd09.2026-M10", 1, 3))

    assert [it.status_code for it in (early, fitting, too_many)] == [422, 201, 422]
    assert [it["code"] for it in too_many.json()["findings"]] == ["resolved_within_detected"]


async def test_journal_cannot_be_rewritten(upstream: Upstream) -> None:
    """Not even by our own mistake."""
    await upstream.post(document(0, 5))

    with pytest.raises(Exception, match="append-only"):
        await upstream.rows("DELETE FROM journal")


async def test_interface_is_documented(upstream: Upstream) -> None:
    """OpenAPI names the body that FastAPI itself never sees."""
    described = (await upstream.http.get("/openapi.json")).json()["paths"]["/v1/submissions"]

    schema = described["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "figures" in schema["oneOf"][0]["properties"]
    assert "occurred_at" not in schema["oneOf"][0]["required"]


_FRONT_REQUIRED = (
    "propaganda_sessions",
    "propaganda_attendances",
    "opinions_collected",
    "dialogues_held",
    "social_criticism_conferences",
    "supervisions_217",
    "pib_boards",
    "pib_members",
    "pib_supervisions",
    "pib_violations_detected",
    "pib_cases_recommended",
    "pib_cases_resolved",
    "cisb_boards",
    "cisb_members",
    "cisb_projects_supervised",
    "oversight_boards_combined",
    "oversight_members_combined",
)


async def test_the_longest_refusal_fits_into_a_receipt(upstream: Upstream) -> None:
    """One megabyte of cells that no form has: a receipt that does not fit would never leave."""
    keys = [f"{'a' * 55}{number:03}[{'b' * 20}={'c' * 20}]" for number in range(500)]
    hostile = document(0) | {
        "figures": dict.fromkeys(keys, 1),
        "qualifiers": dict.fromkeys(keys, "at_least"),
        "entered_in": dict.fromkeys(keys, "nghin_dong"),
    }

    answer = await upstream.post(hostile)

    findings = answer.json()["findings"]
    assert answer.status_code == 422
    assert 500 <= len(findings) <= FINDINGS_MAX
    assert len(await upstream.rows("SELECT 1 FROM outbox")) == 1
