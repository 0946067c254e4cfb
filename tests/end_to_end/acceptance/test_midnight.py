"""
H to the second: a server in any time zone draws the line at midnight in Vietnam.

The clock of a broker cannot be set, so here the desk of intake gets its arrivals with instants of
our choosing, over a real database; that running services judge by such a line, a few seconds from
now, is told in ``test_lateness``.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.intake import app as wiring
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.usecases.receive import ReceiveSubmissions
from shared.contracts.strict_json import parse
from shared.infra.postgres.database import Database
from shared.infra.postgres.migrate import migrate
from shared.reference.committees import build_committees
from tests.articles import read
from tests.builders.reference import shipped_reference
from tests.end_to_end.acceptance.writing import models, whole

pytestmark = [pytest.mark.end_to_end]

PERIOD = "nd09.2026-M10"
COMMUNES = ("13285.2", "13291.2")
WORDS = next(
    it["text"]
    for it in read("deadline_wording", list[dict[str, object]])
    if str(it["text"]).startswith("trước")
)
LETTER = {
    "key": "ninh_binh",
    "name_vi": "Ban Chỉ đạo",
    "area": "37.2",
    "programmes": ["dan_van_kheo"],
    "letter_style": "party",
    "demands": [{"form": "F05", "period": PERIOD, "document": "Công văn", "deadline": WORDS}],
}
LAST_SECOND = datetime(2026, 10, 24, 16, 59, 59, tzinfo=UTC)
"""23:59:59 in Vietnam of the last day before the 25th."""
MIDNIGHT = datetime(2026, 10, 24, 17, tzinfo=UTC)


@pytest.fixture(params=["UTC", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let this process stand in a time zone."""
    name = str(request.param)
    monkeypatch.setenv("TZ", name)
    time.tzset()
    yield name
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Return intake's tables, empty."""
    await migrate(postgres_url, "qcdc", wiring.MIGRATIONS)
    database = Database(postgres_url, application="midnight", schema="qcdc")
    await database.open()
    yield database
    await database.close()


def _receiving() -> ReceiveSubmissions:
    reference = replace(shipped_reference(), committees=build_committees([LETTER]))
    return wiring.build_receive_submissions(lambda: reference, wiring.load_messages())


def _arrival(number: int, received_at: datetime) -> RawSubmission:
    document = {
        "event_id": f"nua-dem-{number}",
        "occurred_at": "2026-10-01T08:00:00+07:00",
        "unit": COMMUNES[number],
        "form": "F05",
        "period": PERIOD,
        "figures": whole("F05", models(1)),
    }
    body = json.dumps(document).encode()
    return RawSubmission(
        "demo", SubmissionKind.SUBMISSION, str(document["event_id"]), parse(body), body, received_at
    )


async def test_a_second_decides_and_the_time_zone_of_the_server_does_not(
    database: Database, zone: str
) -> None:
    """Before midnight in Vietnam, and at midnight: opposite verdicts, in the books too."""
    receiving = _receiving()
    submissions = [_arrival(0, LAST_SECOND), _arrival(1, MIDNIGHT)]

    async with database.transaction() as connection:
        await connection.execute(f"SET LOCAL TIME ZONE '{zone}'")
        await receiving.journal.enter(connection)
        decisions = await receiving.receive(connection, submissions)
        rows = await connection.fetch("SELECT unit, on_time, due_at FROM slot ORDER BY unit")

    assert [it.entry.on_time for it in decisions] == [True, False]
    assert [(it["on_time"], it["due_at"]) for it in rows] == [(True, MIDNIGHT), (False, MIDNIGHT)]
