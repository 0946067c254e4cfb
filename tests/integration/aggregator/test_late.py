"""Lateness after a correction."""

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.place_names import in_sentence
from tests.builders.accepted_reports import ReportSubject, accepted
from tests.builders.mandated import AGENCY, FORCES, PROVINCE, with_departments
from tests.integration.aggregator.asking import client, get
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
    assert corrected["reporting_body"] == f"Đảng ủy {in_sentence(corrected['name'])}"


async def test_who_is_asked_beside_the_communes_is_expected_and_listed(database: Database) -> None:
    """A department that a committee made owe models counts in the rate, and is named when late."""
    reference = with_departments()
    layouts = Layouts(reference.catalogue)
    report = ReportSubject(AGENCY, (PROVINCE,), "co_quan", period="cal.2026-H1")
    await Counting(database, layouts).count([accepted({"dvk_models_new": 4}, report)])
    question = {"unit": PROVINCE, "period": "cal.2026-H1", "form": "F05"}

    async with client(database, lambda: reference, layouts) as api:
        coverage = await get(api, "/v1/coverage", **question)
        late = await get(api, "/v1/late", **question)
        before = await get(api, "/v1/coverage", **{**question, "period": "cal.2025-H2"})
        agency = await get(api, f"/v1/units/{AGENCY}", on="2026-06-30")
        (new,) = [
            it
            for it in (await get(api, "/v1/totals", **question))["figures"]
            if (it["indicator"], it["split"]) == ("dvk_models_new", {})
        ]

    assert (coverage["expected"], coverage["reported"], before["expected"]) == (132, 1, 129)
    assert (new["value"], new["reported_by"], new["expected"]) == (4, 1, 132)
    assert FORCES in {it["unit"] for it in late["units"]}
    assert AGENCY not in {it["unit"] for it in late["units"]}
    assert [it["form"] for it in agency["owes"]] == ["F02", "F05"]
