"""Lateness after a correction."""

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import ReportSubject, accepted
from tests.integration.aggregator.asking import get
from tests.integration.aggregator.counting import Counting

SUBJECT = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


async def test_first_received_and_last_corrected_are_two_facts(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """A correction makes no report late, and none that was late on time; coverage stays."""
    counting = Counting(database, layouts)
    late = ReportSubject("FX-37.1-0002", ("FX-37.1-D03", "37.1"))
    await counting.count(
        [
            accepted({"dvk_models_new": 1}, SUBJECT),
            accepted({"dvk_models_new": 1}, late, on_time=False),
        ]
    )
    question = {"unit": "37.1", "period": "cal.2023", "form": "F05"}
    counts = ("expected", "reported", "on_time", "late", "missing")

    before = await get(api, "/v1/coverage", **question)
    (early,) = [
        it for it in (await get(api, "/v1/late", **question))["units"] if it["state"] == "late"
    ]
    await counting.count(
        [
            accepted({"dvk_models_new": 2}, SUBJECT, revision=2),
            accepted({"dvk_models_new": 2}, late, revision=2, on_time=False),
        ]
    )
    after = await get(api, "/v1/coverage", **question)
    (corrected,) = [
        it for it in (await get(api, "/v1/late", **question))["units"] if it["state"] == "late"
    ]

    assert [before[it] for it in counts] == [after[it] for it in counts] == [151, 2, 1, 1, 149]
    assert early["last_corrected_at"] is None
    assert corrected["first_received_at"] == early["first_received_at"] == "2024-01-05T08:01:00Z"
    assert corrected["last_corrected_at"] == "2024-01-05T08:02:00Z"
    assert (corrected["unit"], corrected["valid_to"]) == (late.unit, "2025-06-30")
