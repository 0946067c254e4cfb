"""What offices type, through the running intake over HTTP and Kafka (cases 20, 21 and 24)."""

from datetime import datetime

from shared.reference.periods import VIETNAM, period_containing
from tests.builders.intake import Report
from tests.builders.intake_service import (
    KNOWLEDGE,
    NOWHERE,
    body_of,
    document,
    made_topics,
    report,
    served,
)

NOTE = "Số liệu đến ngày 14/11.\r\nSẽ bổ sung sau.\tXin cảm ơn."


def typed(number: int, **figures: object) -> dict[str, object]:
    """Return the report of the n-th commune with these figures."""
    given = report(number, 1)
    event_id = {"event_id": f"typed-{number}"}
    laid = Report(given.unit, given.form, given.period, {**given.figures, **figures})
    return laid.document(KNOWLEDGE, **event_id)


def running(number: int) -> dict[str, object]:
    """Return the report of the n-th commune for the month that runs today."""
    today = datetime.now(VIETNAM).date()  # noqa: TID251 - the service has the true clock
    period = period_containing("cal", "month", today).code
    given = Report(report(number).unit, "F05", period, {"work_days": 3})
    return given.document(KNOWLEDGE, event_id=f"running-{number}")


CASES: list[tuple[dict[str, object], str, set[str]]] = [
    (document(0, note=NOTE), "accepted", set()),
    (typed(1, work_days="-"), "rejected", {"dash"}),
    (typed(2, work_days="1\u00a0635"), "rejected", {"thousands_separator"}),
    (typed(3, work_days="1\u202f635"), "rejected", {"thousands_separator"}),
    (typed(4, land_donated_m2="1250.500"), "accepted", set()),
    (typed(5, land_donated_m2="1.635,50"), "rejected", {"thousands_separator"}),
    (typed(6, work_days=9_000_000_000_000_000), "accepted", {"hard_to_believe"}),
    (running(7), "accepted", {"period_still_runs"}),
]


async def test_http_answers_as_the_cases_state(postgres_url: str) -> None:
    """Each with its verdict and its findings, in one sentence of Vietnamese."""
    async with served(postgres_url, NOWHERE) as upstream:
        for sent, verdict, codes in CASES:
            answer = await upstream.post(sent)
            receipt = answer.json()

            assert answer.status_code == (201 if verdict == "accepted" else 422), receipt
            assert {it["code"] for it in receipt["findings"]} == codes


async def test_kafka_answers_the_same(kafka: str, postgres_url: str) -> None:
    """The transport decides nothing."""
    async with made_topics(kafka) as topics, served(postgres_url, kafka, topics):
        for sent, _, _ in CASES:
            await topics.send(sent)
        receipts = {
            it["submission_id"]: it for it in map(body_of, await topics.receipts(len(CASES)))
        }

    found = {key: {it["code"] for it in receipt["findings"]} for key, receipt in receipts.items()}
    assert found == {str(sent["event_id"]): codes for sent, _, codes in CASES}
