"""Questions that compare: with an earlier period, and by type of base."""

from collections.abc import Mapping
from dataclasses import replace

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted
from tests.integration.aggregator.asking import by_cell, client, get
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.reform import (
    AFTER,
    BEFORE,
    BOTH,
    DIVIDED,
    MERGED,
    models,
    reference_of,
)

HA_NOI = ReportSubject("01.1", ("01.1",), "thanh_pho", "F07", "cal.2021")
COMMUNE = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


async def test_a_rank_that_became_smaller_has_risen(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Hà Nội's PAR INDEX of 2022: 3 of 63, seven places up since 2021."""
    indices: dict[str, Mapping[str, Value]] = {
        "cal.2021": {"par_index_rank": 10, "par_index_score": "86.00"},
        "cal.2022": {"par_index_rank": 3, "par_index_score": "89.58", "sipas_rank": 30},
    }
    await Counting(database, layouts).count(
        [accepted(its, replace(HA_NOI, period=code)) for code, its in indices.items()]
    )

    answer = await get(
        api, "/v1/totals", unit="01.1", period="cal.2022", form="F07", compare_with="cal.2021"
    )

    cells = by_cell(answer)
    assert cells["par_index_rank"]["display"] == "3/63"
    assert cells["par_index_rank"]["change"] == {
        "compared_with": "cal.2021",
        "before": 10,
        "before_display": "10/63",
        "value": 7,
        "percent": None,
        "display": "tăng 7 bậc so với năm 2021",
        "incomparable": None,
        "reported_by": 1,
        "expected": 1,
    }
    assert cells["par_index_score"]["change"]["display"] == "tăng 3,58 điểm so với năm 2021"
    assert cells["sipas_rank"]["change"] is None
    plain = by_cell(await get(api, "/v1/totals", unit="01.1", period="cal.2022"))
    assert "change" not in plain["par_index_rank"]


async def test_parts_by_type_of_base(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Of a figure that a commune states on two forms its part has one, as the whole has."""
    reports = [
        accepted({"work_days": 320}, replace(COMMUNE, form="F01")),
        accepted({"work_days": 320, "dvk_models_new": 2}, COMMUNE),
        accepted(
            {"dvk_models_new": 3}, ReportSubject("FX-37.1-D02", ("FX-37.1-D02", "37.1"), "huyen")
        ),
    ]
    await Counting(database, layouts).count(reports)

    answer = await get(api, "/v1/totals", unit="37.1", period="cal.2023", by="base")

    whole = by_cell(answer)
    parts = {it["base"]: by_cell(it) for it in answer["parts"]}
    assert list(parts) == ["commune", "above"]
    assert answer["parts"][0]["label"] == "Xã, phường, thị trấn, đặc khu"
    assert [it["work_days"]["value"] for it in parts.values()] == [320, None]
    assert [it["dvk_models_new"]["value"] for it in parts.values()] == [2, 3]
    assert whole["dvk_models_new"]["value"] == 5
    for cell in ("work_days", "dvk_models_new"):
        for count in ("reported_by", "expected"):
            counts = [it[cell][count] for it in parts.values() if cell in it]
            assert sum(counts) == whole[cell][count]
    assert "petitions_received" not in parts["above"]
    assert "parts" not in await get(api, "/v1/totals", unit="37.1", period="cal.2023")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"from": "cal.2022", "to": "cal.2023", "compare_with": "cal.2021"}, "comparison_of_range"),
        ({"period": "cal.2022", "compare_with": "cal.2021-H1"}, "bad_comparison"),
        ({"period": "cal.2022", "compare_with": "nd09.2021"}, "bad_comparison"),
        ({"period": "cal.2022", "compare_with": "cal.2023"}, "bad_comparison"),
        ({"period": "cal.2022", "compare_with": "2021"}, "bad_period"),
        ({"period": "cal.2022", "by": "field"}, "bad_by"),
    ],
)
async def test_what_cannot_be_compared_is_refused(
    question: Mapping[str, str], code: str, api: httpx.AsyncClient
) -> None:
    """A year against a half or against a later year is another question."""
    response = await api.get("/v1/totals", params={"unit": "37.1", **question})

    assert response.status_code == 400
    assert response.json()["type"].endswith(f":{code}")


@pytest.mark.parametrize("unit", [BOTH, "N1", "N2"])
async def test_parts_of_todays_boundaries_carry_and_withhold_as_the_whole_does(
    unit: str, database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Opening stocks come over from predecessors; who was divided is withheld from its part."""
    before, after = (reference_of(reference, reformed=it) for it in (False, True))
    stocks = dict.fromkeys((*MERGED, DIVIDED), 10)
    await Counting(database, layouts).count(models(before, BEFORE, stocks, layouts))
    await Counting(database, layouts, 1).count(models(after, AFTER, {"N1": 33}, layouts))

    async with client(database, lambda: after, layouts) as asked:
        for period in (BEFORE, AFTER):
            question = {"unit": unit, "period": period, "form": "F05", "view": "current"}
            answer = await get(asked, "/v1/totals", **question, by="base")
            whole = by_cell(answer)
            (part,) = (by_cell(it) for it in answer["parts"])
            for cell in ("dvk_models_opening", "dvk_models_total", "dvk_models_new"):
                assert part[cell] == whole[cell]
