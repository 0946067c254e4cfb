"""A reporter's figure is counted once, whatever forms it stands on, from ledger to API."""

from collections.abc import Mapping

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import ReportSubject, Value, accepted, withdrawn
from tests.integration.aggregator.asking import Answer, by_cell, get
from tests.integration.aggregator.counting import Counting

BA_DINH = "00004.2"  # Phường Ba Đình, Hà Nội
PERIOD = "cal.2026-H1"
F01: Mapping[str, Value] = {
    "land_donated_m2": "1250.50",
    "contributions_vnd": 48_000_000,
    "work_days": 320,
    "dialogues_held": 1,
}


def of_form(form: str) -> ReportSubject:
    """Return where the ward reports a form."""
    return ReportSubject(BA_DINH, ("01.2",), "phuong", form, PERIOD)


def figures(answer: Answer) -> dict[str, object]:
    """Return what an answer says of the four figures."""
    return {cell: by_cell(answer)[cell]["value"] for cell in F01}


async def test_one_figure_of_two_forms(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Live it was 2.501 m², 96 triệu and 640 ngày công; withdrawn and sent anew it stays one."""
    counting = Counting(database, layouts)
    f05 = {it: F01[it] for it in ("land_donated_m2", "contributions_vnd", "work_days")}
    events = [
        accepted(F01, of_form("F01")),
        accepted({"dialogues_held": 1}, of_form("F04")),
        accepted(f05, of_form("F05")),
    ]
    await counting.count(events)

    for unit in ("01.2", BA_DINH):
        for view in ("as_reported", "current"):
            answer = await get(api, "/v1/totals", unit=unit, period=PERIOD, view=view)
            assert figures(answer) == dict(F01)
            assert by_cell(answer)["work_days"]["reported_by"] == 1

    await counting.count([withdrawn(of_form("F01"))])
    answer = await get(api, "/v1/totals", unit="01.2", period=PERIOD)
    assert figures(answer) == dict(F01)

    await counting.count([accepted({"work_days": 400}, of_form("F01"), revision=3)])
    answer = await get(api, "/v1/totals", unit="01.2", period=PERIOD)
    assert figures(answer) == {**F01, "work_days": 400}
    of_f05 = await get(api, "/v1/totals", unit="01.2", period=PERIOD, form="F05")
    assert by_cell(of_f05)["work_days"]["value"] == 320
