"""Units as of any day, and the history of a report."""

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from tests.integration.aggregator.asking import get
from tests.integration.aggregator.counting import Counting
from tests.unit.aggregator.given import DAY, Place, accepted, withdrawn

PLACE = Place("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


async def test_code_means_another_unit_on_another_day(api: httpx.AsyncClient) -> None:
    """80 was Long An on 30 June 2025 and is Tây Ninh since 1 July."""
    found = [
        (await get(api, "/v1/units", official_code="80", level="province", on=day))["unit"]
        for day in ("2025-06-30", "2025-07-01")
    ]
    nothing = await api.get(
        "/v1/units", params={"official_code": "73", "level": "province", "on": "2025-07-01"}
    )

    assert [(it["key"], it["name"]) for it in found] == [
        ("80.1", "Tỉnh Long An"),
        ("80.2", "Tỉnh Tây Ninh"),
    ]
    assert nothing.status_code == 404


async def test_unit_tells_where_it_came_from_and_who_answers(api: httpx.AsyncClient) -> None:
    """All that is known of a unit, on any day."""
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


async def test_first_received_and_last_corrected_are_two_facts(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """A correction makes no report late, and none that was late on time; coverage stays."""
    counting = Counting(database, layouts)
    late = Place("FX-37.1-0002", ("FX-37.1-D03", "37.1"))
    await counting.count(
        [
            accepted({"dvk_models_new": 1}, PLACE),
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
            accepted({"dvk_models_new": 2}, PLACE, revision=2),
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


async def test_every_revision_says_what_it_changed(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Before and after, cell by cell; taken back, nothing is stated any more."""
    await Counting(database, layouts).count(
        [
            accepted({"dvk_models_new": 421, "land_donated_m2": "12.5"}, PLACE),
            accepted(
                {"dvk_models_new": 421, "land_donated_m2": "13"},
                PLACE,
                revision=2,
                qualifiers={"dvk_models_new": "at_least"},
            ),
            accepted(
                {"dvk_models_new": 421, "land_donated_m2": "13"},
                PLACE,
                revision=3,
                qualifiers={"dvk_models_new": "at_least"},
                on_time=False,
                rejudged="Công văn\t17\\BCĐ",
            ),
            withdrawn(PLACE, revision=4),
        ]
    )

    answer = await get(api, "/v1/revisions", unit=PLACE.unit, form="F05", period="cal.2023")

    first, second, third, fourth = answer["revisions"]
    assert [(it["revision"], it["withdrawn"]) for it in answer["revisions"]] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert {it["indicator"]: it["after"] for it in first["changes"]} == {
        "dvk_models_new": 421,
        "land_donated_m2": "12.50",
    }
    assert {
        it["indicator"]: (it["before_display"], it["after_display"]) for it in second["changes"]
    } == {"dvk_models_new": ("421", "hơn 421"), "land_donated_m2": ("12,5", "13")}
    assert (third["rejudged"], third["changes"]) == ("Công văn\t17\\BCĐ", [])
    assert {it["after"] for it in fourth["changes"]} == {None}
    assert second["first_received_at"] == first["received_at"]
    assert second["received_at"] > first["received_at"] > DAY.isoformat()
    judged = [it["on_time"] for it in answer["revisions"]]
    assert judged == [True, True, False, None]
