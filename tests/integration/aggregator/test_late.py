"""Lateness after a correction."""

from dataclasses import replace
from datetime import date

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.directory import Directory
from shared.reference.place_names import in_sentence
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, accepted
from tests.builders.mandated import AGENCY, FORCES, PROVINCE, with_departments
from tests.integration.aggregator.asking import client, get
from tests.integration.aggregator.counting import Counting

SUBJECT = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


async def test_history_counts_and_is_late_nowhere(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Its figures are in the totals, and its revision says what it is."""
    await Counting(database, layouts).count(
        [accepted({"dvk_models_new": 421}, SUBJECT, on_time=None)]
    )
    question = {"unit": "37.1", "period": "cal.2023", "form": "F05"}

    coverage = await get(api, "/v1/coverage", **question)
    late = await get(api, "/v1/late", **question)
    figures = (await get(api, "/v1/totals", **question))["figures"]
    slot = {**question, "unit": SUBJECT.unit}
    (revision,) = (await get(api, "/v1/revisions", **slot))["revisions"]

    assert [coverage[it] for it in ("reported", "backfilled", "on_time", "late")] == [1, 1, 0, 0]
    assert not [it for it in late["units"] if it["state"] == "late"]
    new = [it for it in figures if it["indicator"] == "dvk_models_new" and not it["split"]]
    assert [it["value"] for it in new] == [421]
    assert (revision["on_time"], revision["backfilled"]) == (None, True)


async def test_no_percentage_rests_on_units_that_are_not_known(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Totals add up, nobody is called missing, and each answer says from when it knows better."""
    await Counting(database, layouts).count([accepted({"dvk_models_new": 421}, SUBJECT)])
    known = date(2025, 1, 1)
    units = [state for it in reference.directory for state in reference.directory.states(it.key)]
    units = [replace(it, known_from=known) if it.key == "37.1" else it for it in units]
    unsure = replace(reference, directory=Directory(units))
    question = {"unit": "37.1", "period": "cal.2023", "form": "F05"}

    async with client(database, lambda: unsure, layouts) as api:
        coverage, late, totals = [
            await get(api, f"/v1/{it}", **question) for it in ("coverage", "late", "totals")
        ]
        unit = await get(api, "/v1/units/FX-37.1-0001", on="2023-12-31")
        by_unit = await get(api, "/v1/by-unit", **question, cell="dvk_models_new")
    async with client(database, lambda: reference, layouts) as api:
        founded = [await get(api, f"/v1/{it}", **question) for it in ("coverage", "late", "totals")]

    why = {
        "reason": "units_not_known",
        "known_from": "2025-01-01",
        "explanation": "Không đủ căn cứ: danh mục chỉ ghi đúng các đơn vị của tỉnh Ninh Bình từ"
        " ngày 01/01/2025, nên không rõ đơn vị nào phải gửi báo cáo của kỳ kết thúc trước"
        " ngày đó.",
    }
    assert coverage["unfounded"] == late["unfounded"] == totals["unfounded"] == why
    nothing = {"value": None, "display": "không đủ căn cứ"}
    assert coverage["reporting_rate"] == coverage["forms"][0]["punctuality_rate"] == nothing
    assert (coverage["reported"], coverage["on_time"], late["units"]) == (1, 1, [])
    assert {it["value"] for it in totals["figures"] if it["indicator"] == "dvk_models_new"} >= {421}
    assert unit["known_from"] == "2025-01-01"
    assert ([it["state"] for it in by_unit["units"]], by_unit["unfounded"]) == (["stated"], why)
    assert not [it for it in founded if "unfounded" in it]
    assert founded[0]["reporting_rate"] == {"value": "0.7", "display": "0,7%"}
    assert len(founded[1]["units"]) == 150


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
