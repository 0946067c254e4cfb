"""The figures of the five articles, from unit-level reports through the ledger to the API."""

from collections.abc import Mapping

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted, withdrawn
from tests.integration.aggregator.asking import by_cell, get
from tests.integration.aggregator.counting import Counting, events_of
from tools.demo.articles import Article
from tools.demo.reports import expectations

SINCE_2021, SINCE_2022 = "hanoi.20210101-20231212", "hanoi.20220101-20231212"
STAGE_OF_LONG_AN = "longan.20210101-20231231"


async def test_published_figures_come_out(
    api: httpx.AsyncClient,
    database: Database,
    reference: ReferenceData,
    layouts: Layouts,
    articles: tuple[Article, ...],
) -> None:
    """Every figure of every article, in its own window, with all its units."""
    await Counting(database, layouts).count(events_of(articles, reference))

    for expected in expectations(articles, reference.catalogue):
        answer = await get(api, "/v1/totals", **expected.parameters)
        cells = by_cell(answer)
        assert expected.differences({cell: it["value"] for cell, it in cells.items()}) == []
        assert all(it["reported_by"] <= it["expected"] for it in cells.values())
    since_2021 = by_cell(await get(api, "/v1/totals", unit="01.1", period=SINCE_2021))
    assert since_2021["online_delegates"]["display"] == "hơn 20.000"
    assert since_2021["opinions_collected"]["display"] == "53.324"
    since_2022 = by_cell(await get(api, "/v1/totals", unit="01.1", period=SINCE_2022))
    assert since_2022["pib_supervisions"]["display"] == "12.567"
    assert since_2022["pib_resolution_rate"]["display"] == "92,3%"
    by = since_2022["pib_supervisions"]
    assert (by["reported_by"], by["expected"]) == (579, 579)
    ha_noi = by_cell(await get(api, "/v1/totals", unit="01.1", period="cal.2022"))
    shown = {
        "par_index_score": "89,58",
        "par_index_rank": "3/63",
        "sipas_score": "80,16%",
    }
    assert {cell: ha_noi[cell]["display"] for cell in shown} == shown
    assert ha_noi["pib_supervisions"]["value"] is None  # of no calendar year does the article speak
    ninh_binh = by_cell(await get(api, "/v1/totals", unit="37.1", period="cal.2023"))
    assert ninh_binh["dvk_models_total"]["display"] == "1.635"
    removed = ninh_binh["dvk_models_removed"]
    assert (removed["value"], removed["display"], removed["reported_by"]) == (None, "–", 0)
    assert removed["expected"] == 151


async def test_no_award_stands_in_a_year_in_which_it_was_not_given(
    api: httpx.AsyncClient,
    database: Database,
    reference: ReferenceData,
    layouts: Layouts,
    articles: tuple[Article, ...],
) -> None:
    """Long An: 251, 10 and 21 are of a stage; of 2021 and 2022 the article says nothing."""
    await Counting(database, layouts).count(events_of(articles, reference))
    question = {"unit": "80.1", "path": "/v1/totals"}

    by_period = {
        period: by_cell(await get(api, **question, period=period))
        for period in ("cal.2021", "cal.2022", "cal.2023", STAGE_OF_LONG_AN)
    }

    stated = {
        period: {
            cell: it["value"]
            for cell, it in cells.items()
            if it["value"] is not None and cell.startswith(("awards", "dvk_models_recognised"))
        }
        for period, cells in by_period.items()
    }
    both, own = "programme=dan_chu_co_so+dan_van_kheo", "programme=dan_van_kheo"
    collective, individual = "awards_certificate_collective", "awards_certificate_individual"
    assert stated == {
        "cal.2021": {},
        "cal.2022": {},
        "cal.2023": {
            "awards_flag_collective": 2,
            f"awards_flag_collective[award_level=province,{both}]": 2,
            collective: 11,
            f"{collective}[award_level=province,{both}]": 11,
        },
        STAGE_OF_LONG_AN: {
            "dvk_models_recognised": 251,
            collective: 10,
            f"{collective}[award_level=province,{own}]": 10,
            individual: 21,
            f"{individual}[award_level=province,{own}]": 21,
        },
    }


async def test_commune_answers_from_its_own_report(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """A unit below which nobody reports has no totals, and needs none."""
    subject = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))
    stated: dict[str, Value] = {
        "dvk_models_new": 5,
        "dvk_models_removed": None,
        "land_donated_m2": "12.5",
    }
    await Counting(database, layouts).count([accepted(stated, subject)])

    answer = await get(api, "/v1/totals", unit="FX-37.1-0001", form="F05")

    assert answer["period"] == "cal.2023"  # the only one reported, so none needs to be named
    assert answer["unit"] == {
        "key": "FX-37.1-0001",
        "name": "Xã mẫu 001",
        "type": "xa",
        "valid_from": None,
        "valid_to": "2025-06-30",
    }
    cells = by_cell(answer)
    new, removed, land = (
        cells[it] for it in ("dvk_models_new", "dvk_models_removed", "land_donated_m2")
    )
    assert (new["value"], new["reported_by"], new["expected"]) == (5, 1, 1)
    assert (removed["value"], removed["reported_by"], removed["expected"]) == (None, 0, 1)
    assert (land["value"], land["display"]) == ("12.50", "12,5 m²")
    assert answer["watermark"] is not None


async def test_coverage_and_late_list_agree(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Whoever owes is on time, late or missing; a volunteer is none of them."""
    places = [("FX-37.1-0001", "FX-37.1-D02"), ("FX-37.1-0002", "FX-37.1-D03")]
    reports = [
        accepted({"dvk_models_new": 1}, ReportSubject(unit, (district, "37.1")), on_time=on_time)
        for (unit, district), on_time in zip(places, (True, False), strict=True)
    ]
    taken_back = ReportSubject("FX-37.1-0003", ("FX-37.1-D04", "37.1"))
    volunteer = accepted({"dvk_models_new": 1}, ReportSubject("37.1", ("37.1",), "tinh"))
    await Counting(database, layouts).count(
        [
            *reports,
            accepted({"dvk_models_new": 1}, taken_back),
            withdrawn(taken_back),
            volunteer,
        ]
    )

    coverage = await get(api, "/v1/coverage", unit="37.1", period="cal.2023", form="F05")
    late = await get(api, "/v1/late", unit="37.1", period="cal.2023", form="F05")

    counts = {"expected": 151, "reported": 2, "on_time": 1, "late": 1, "missing": 149}
    assert {key: coverage[key] for key in counts} == counts
    assert [{key: it[key] for key in counts} for it in coverage["forms"]] == [counts]
    states = [it["state"] for it in late["units"]]
    assert states == ["missing"] * 149 + ["late"]
    assert late["units"][-1]["unit"] == "FX-37.1-0002"
    assert "FX-37.1-0003" in {it["unit"] for it in late["units"]}
    names = [it["name"] for it in late["units"][:-1]]
    assert names == sorted(names)


async def test_nobody_is_missing_before_the_due_instant(api: httpx.AsyncClient) -> None:
    """Half of 2030 has not come; nobody owes anything yet that could be late."""
    late = await get(api, "/v1/late", unit="37.2", period="nd09.2030-H1")
    coverage = await get(api, "/v1/coverage", unit="37.2", period="nd09.2030-H1", form="F05")

    assert late["units"] == []
    assert coverage["missing"] == coverage["expected"] == 129


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({}, 400, "unit_missing"),
        ({"unit": "99.9", "period": "cal.2023"}, 404, "unknown_unit"),
        ({"unit": "37.1", "period": "cal.2023-M13"}, 400, "bad_period"),
        ({"unit": "37.1", "period": "cal.2023", "from": "cal.2022"}, 400, "period_and_range"),
        ({"unit": "37.1", "from": "cal.2022"}, 400, "half_a_range"),
        ({"unit": "37.1", "from": "cal.2022", "to": "nd09.2023"}, 400, "bad_range"),
        ({"unit": "37.1", "from": "cal.2023", "to": "cal.2022"}, 400, "bad_range"),
        ({"unit": "37.1", "period": "cal.2023", "form": "F99"}, 400, "unknown_form"),
        ({"unit": "37.1", "period": "cal.2023", "view": "tomorrow"}, 400, "bad_view"),
    ],
)
async def test_misunderstandings_are_answered_in_vietnamese(
    question: Mapping[str, str], status: int, code: str, api: httpx.AsyncClient
) -> None:
    """problem+json with a code for programs and a sentence for people."""
    response = await api.get("/v1/totals", params=question)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith(f":{code}")


async def test_unit_without_reports_has_figures_without_values(api: httpx.AsyncClient) -> None:
    """Nothing reported is an answer, not an error."""
    answer = await get(api, "/v1/totals", unit="37.2")

    assert {it["value"] for it in answer["figures"]} == {None}
    assert answer["watermark"] is None
