"""Units as of any day, and how questions about units are refused."""

import httpx
import pytest

from tests.integration.aggregator.asking import get


async def test_code_means_another_unit_on_another_day(api: httpx.AsyncClient) -> None:
    """80 was Long An on 30 June 2025 and is Tây Ninh since 1 July."""
    units = [
        (await get(api, "/v1/units", official_code="80", level="province", on=day))["unit"]
        for day in ("2025-06-30", "2025-07-01")
    ]
    nothing = await api.get(
        "/v1/units", params={"official_code": "73", "level": "province", "on": "2025-07-01"}
    )

    assert [(it["key"], it["name"]) for it in units] == [
        ("80.1", "Tỉnh Long An"),
        ("80.2", "Tỉnh Tây Ninh"),
    ]
    assert nothing.status_code == 404


async def test_unit_tells_where_it_came_from_and_who_answers(api: httpx.AsyncClient) -> None:
    """Predecessors, successors and owed forms, on any day."""
    long_an = await get(api, "/v1/units/80.1", on="2026-01-01")
    then = await get(api, "/v1/units/80.1", on="2024-01-01")
    tay_ninh = await get(api, "/v1/units/80.2", on="2025-07-01")
    commune = await get(api, "/v1/units/FX-80.1-0001", on="2024-01-01")

    assert (long_an["exists"], then["exists"]) == (False, True)
    assert [it["key"] for it in long_an["answers_for"]] == ["80.2"]
    assert [it["key"] for it in then["answers_for"]] == ["80.1"]
    assert [it["unit"]["key"] for it in long_an["successors"]] == ["80.2"]
    assert [it["unit"]["key"] for it in tay_ninh["predecessors"]] == ["72.1", "80.1"]
    assert tay_ninh["descendants"] == 96
    assert (tay_ninh["path"], tay_ninh["ancestors"]) == (["80.2"], [])
    assert commune["path"][-1] == "80.1"
    assert [it["key"] for it in commune["ancestors"]] == commune["path"]
    assert "F05" in {it["form"] for it in commune["owes"]}
    assert long_an["owes"] == []


@pytest.mark.parametrize(
    ("path", "question", "status", "code"),
    [
        ("/v1/units/99.9", {}, 404, "unknown_unit"),
        ("/v1/units/80.1", {"on": "hôm qua"}, 400, "bad_day"),
        ("/v1/units", {"official_code": "80"}, 400, "code_missing"),
        ("/v1/revisions", {"unit": "80.1", "period": "cal.2023"}, 400, "form_missing"),
        ("/v1/snapshots", {}, 400, "unit_missing"),
    ],
)
async def test_misunderstandings_are_answered(
    path: str, question: dict[str, str], status: int, code: str, api: httpx.AsyncClient
) -> None:
    """problem+json with a code for programs."""
    response = await api.get(path, params=question)

    assert (response.status_code, response.json()["type"]) == (status, f"urn:qcdc:problem:{code}")


async def test_committees_of_a_day_are_shown(api: httpx.AsyncClient) -> None:
    """The sample committee of Ninh Bình, for one of its communes, with its standing agency."""
    answer = await get(api, "/v1/committees", unit="37.2", on="2026-01-01")
    before = await get(api, "/v1/committees", unit="37.1", on="2025-01-01")

    (committee,) = answer["committees"]
    assert [it["code"] for it in committee["programmes"]] == ["dan_chu_co_so", "dan_van_kheo"]
    assert committee["standing_agency"]["name"] == "Ban Tuyên giáo và Dân vận Tỉnh ủy"
    assert [it["label"] for it in committee["roles"]] == ["Trưởng ban", "Cán bộ đầu mối"]
    assert before["committees"] == []
