"""Whatever happens to a topic of submissions, no submission in it is taken for an old one."""

import pytest

from shared.contracts.topics import per_source, submissions_topic
from shared.infra.errors import Partition
from shared.infra.health import Condition
from tests.builders.intake_service import Topics, Upstream, document, made_topics, served
from tests.builders.logs import delete_before, make_again
from tests.builders.qcdc import qcdc
from tests.eventually import eventually

SECONDS = 30


@pytest.fixture
def operator(kafka: str, postgres_url: str) -> dict[str, str]:
    """Return what an operator has set."""
    return {"QCDC_KAFKA": kafka, "QCDC_INTAKE_DATABASE": postgres_url}


async def test_submissions_to_a_topic_made_again_are_judged_after_the_operators_word(
    kafka: str, postgres_url: str, operator: dict[str, str]
) -> None:
    """Three had been judged; three of the six that followed lay behind the position."""
    async with made_topics(kafka) as topics:
        async with served(postgres_url, kafka, topics) as it:
            await _send(topics, 3)
            await _judged(it, 3)
        await make_again(kafka, per_source([topics.source])[0])
        await _send(topics, 6)

        async with served(postgres_url, kafka, topics) as it:
            await _complains(it, topics, Condition.LOG_REPLACED)
            judged_before = await _count(it)
            shown = await qcdc(operator, "positions", "show", "--service", "intake")
            dry = await qcdc(operator, *_accept(topics), "--dry-run")
            await _complains(it, topics, Condition.LOG_REPLACED)
            accepted = await qcdc(operator, *_accept(topics))
            await _judged(it, 9)
            await _complains(it, topics, None)
            recorded = await it.rows("SELECT accepted_by, document, because FROM accepted_loss")

    (held,) = [row for row in shown if row["topic"] == submissions_topic(topics.source)]
    assert judged_before == 3
    assert (held["position"], held["end"], held["held_because"]) == (3, 6, "log_replaced")
    assert dry["would accept"] == accepted["accepted"]
    assert [it["goes_on_from"] for it in accepted["accepted"]] == [0]
    assert recorded == [
        {"accepted_by": "trực ban", "document": "Biên bản số 7", "because": "log_replaced"}
    ]


async def test_an_operator_decides_about_a_lost_window_before_the_service_starts(
    kafka: str, postgres_url: str, operator: dict[str, str]
) -> None:
    """Nobody has to start a service so that it may find what an operator knows already."""
    async with made_topics(kafka) as topics:
        async with served(postgres_url, kafka, topics) as it:
            await _send(topics, 1)
            await _judged(it, 1)
        await _send(topics, 5)
        await delete_before(kafka, Partition(submissions_topic(topics.source), 0), 4)

        accepted = await qcdc(operator, *_accept(topics))
        async with served(postgres_url, kafka, topics) as it:
            await _judged(it, 3)
            await _complains(it, topics, None)

    assert [(it["because"], it["position"], it["goes_on_from"]) for it in accepted["accepted"]] == [
        ("lost_window", 1, 4)
    ]


async def test_the_same_offset_of_two_logs_makes_two_dead_letters(
    kafka: str, postgres_url: str, operator: dict[str, str]
) -> None:
    """The second one would be dropped as known, and nobody could ever see it."""
    async with made_topics(kafka) as topics:
        async with served(postgres_url, kafka, topics) as it:
            await topics.send(b"the first")
            await _dead_letters(it, [b"the first"])
        await make_again(kafka, per_source([topics.source])[0])
        await topics.send(b"the second")

        async with served(postgres_url, kafka, topics) as it:
            await _complains(it, topics, Condition.LOG_REPLACED)
            await qcdc(operator, *_accept(topics))
            await _dead_letters(it, [b"the first", b"the second"])


def _accept(topics: Topics) -> list[str]:
    words = ["positions", "accept-loss", "--service", "intake", "--by", "trực ban"]
    return [*words, "--topic", submissions_topic(topics.source), "--document", "Biên bản số 7"]


async def _send(topics: Topics, number: int) -> None:
    for n in range(number):
        await topics.send(document(n))
    await topics.kafka.flush()


async def _count(upstream: Upstream) -> int:
    ((row),) = await upstream.rows("SELECT count(*) FROM journal")
    return int(row["count"])


async def _judged(upstream: Upstream, number: int) -> None:
    async def all_are() -> bool:
        return await _count(upstream) == number

    await eventually(all_are, seconds=SECONDS)


async def _dead_letters(upstream: Upstream, values: list[bytes]) -> None:
    async def kept() -> bool:
        rows = await upstream.rows("SELECT value FROM dead_letter ORDER BY recorded_at")
        return [it["value"] for it in rows] == values

    await eventually(kept, seconds=SECONDS)


async def _complains(upstream: Upstream, topics: Topics, condition: Condition | None) -> None:
    part = f"log {submissions_topic(topics.source)}/0"

    async def said() -> bool:
        complaint = upstream.intake.health.complaints.get(part)
        return (complaint.condition if complaint else None) is condition

    await eventually(said, seconds=SECONDS)
