"""One figure unit by unit: who has renewed its committee, who has not, who has not said."""

from dataclasses import replace

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import ReportSubject, Value, accepted
from tests.integration.aggregator.asking import get
from tests.integration.aggregator.counting import Counting

FIRST = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"), form="F01")
SECOND = replace(FIRST, unit="FX-37.1-0002", path=("FX-37.1-D03", "37.1"))
THIRD = replace(FIRST, unit="FX-37.1-0003", path=("FX-37.1-D04", "37.1"))
VOLUNTEER = ReportSubject("37.1", ("37.1",), "tinh", "F01")
QUESTION = {"unit": "37.1", "form": "F01", "period": "cal.2023", "cell": "committees_renewed"}


async def test_who_has_not_renewed_its_committee(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Absent is not 0: not reported, left out, none and one are four answers."""
    await Counting(database, layouts).count(
        [
            accepted({"committees_renewed": 1}, FIRST),
            accepted({"committees_renewed": 0}, SECOND),
            accepted({"mediation_cases": 3}, THIRD),
            accepted({"committees_renewed": 2}, VOLUNTEER),
        ]
    )

    answer = await get(api, "/v1/by-unit", **QUESTION)

    shown = [(it["unit"], it["state"], it["value"], it["display"]) for it in answer["units"]]
    missing = [it for it in shown if it[1] == "missing"]
    assert len(missing) == 143 - 3
    assert shown[len(missing) :] == [
        ("FX-37.1-0003", "blank", None, "–"),
        ("FX-37.1-0002", "stated", 0, "0"),
        ("FX-37.1-0001", "stated", 1, "1"),
        ("37.1", "stated", 2, "2"),
    ]
    assert [it["unit"] for it in answer["units"] if not it["owes"]] == ["37.1"]
    assert answer["label"] == "Ban Chỉ đạo được thành lập, kiện toàn"


async def test_a_commune_shows_its_own_figure_with_its_doubt(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Areas are decimals, and "about" a number is said as such."""
    land: dict[str, Value] = {"land_donated_m2": "1250.50", "work_days": 300}
    report = accepted(land, FIRST, qualifiers={"work_days": "about"})
    await Counting(database, layouts).count([report])
    question = {"unit": FIRST.unit, "form": "F01", "period": "cal.2023"}

    (area,) = (await get(api, "/v1/by-unit", **question, cell="land_donated_m2"))["units"]
    (days,) = (await get(api, "/v1/by-unit", **question, cell="work_days"))["units"]

    assert (area["value"], area["qualifier"]) == ("1250.50", "exact")
    assert (days["display"], days["qualifier"]) == ("khoảng 300", "about")


async def test_a_cell_that_the_form_has_not_is_refused(api: httpx.AsyncClient) -> None:
    """A misspelt name is no figure that nobody states."""
    response = await api.get("/v1/by-unit", params=QUESTION | {"cell": "committees"})

    assert response.status_code == 400
    assert response.json()["type"].endswith(":unknown_cell")
