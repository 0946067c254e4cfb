"""Rule R15 from HTTP to the database: what lies in a window and around it is read there."""

from collections.abc import AsyncIterator

import pytest

from tests.builders.intake_service import NOWHERE, Upstream, served
from tests.integration.intake.test_carried_in import report

CODE = "parts_agree_with_whole"


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake has no Kafka."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


@pytest.mark.parametrize(
    ("story", "warned"),
    [
        # The finding of A22; and one quarter alone may be anything that is not more.
        ({"cal.2026-Q1": 5, "cal.2026-Q2": 7, "cal.2026-H1": 3}, [2]),
        ({"cal.2026-Q1": 5, "cal.2026-H1": 5, "cal.2026-Q3": 99}, []),
        # The whole first: the last part to come finds its neighbours through it.
        ({"cal.2026-H1": 13, "cal.2026-Q1": 5, "cal.2026-Q2": 7}, [2]),
        ({"cal.2026-H1": 12, "cal.2026-Q1": 5, "cal.2026-Q2": 7}, []),
        # Months lie in a quarter; another regime is another story.
        ({"cal.2026-M02": 5, "cal.2026-M03": 6, "nd09.2026-Q1": 1, "cal.2026-Q1": 10}, [3]),
    ],
)
async def test_parts_and_whole(
    upstream: Upstream, story: dict[str, int], warned: list[int]
) -> None:
    """Each comes in a transaction of its own, and is accepted."""
    answers = [
        await upstream.post(
            report("F01", {"dialogues_held": held}, period) | {"event_id": f"e-{number}"}
        )
        for number, (period, held) in enumerate(story.items())
    ]

    assert {it.status_code for it in answers} == {201}
    found = [[it for it in answer.json()["findings"] if it["code"] == CODE] for answer in answers]
    assert [number for number, its in enumerate(found) if its] == warned
    assert {it["severity"] for its in found for it in its} <= {"warn"}
