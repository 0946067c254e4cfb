"""Windows of a committee from ledger to API: own totals, own coverage, never mixed."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, accepted
from tests.builders.regimes import (
    COMMITTEE,
    HA_NOI,
    HALF_2023,
    STAGE_2023,
    YEAR_2022,
    YEAR_2023,
    letter,
    reference_with,
)
from tests.integration.aggregator.asking import Answer, by_cell, client, get
from tests.integration.aggregator.counting import Counting

HA_NOI_KEY, DISTRICT = "01.1", "D001.1"
COMMUNES = ("00004.1", "00006.1")
CELL = "pib_violations_detected"
FIGURES = {"cal.2022": 5, "cal.2023": 7, YEAR_2022: 11, YEAR_2023: 13, HALF_2023: 6, STAGE_2023: 40}
"""What each of the communes reports for a period."""


@pytest.fixture(scope="module")
def own() -> ReferenceData:
    """Return reference data in which Hà Nội asks for a stage by a letter."""
    asking = {**COMMITTEE, "demands": [letter("F04", STAGE_2023)]}
    return reference_with(HA_NOI, committees=[asking])


@pytest.fixture
async def asked(
    database: Database, own: ReferenceData, layouts: Layouts
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of an aggregator that has counted all of it."""
    counting = Counting(database, layouts)
    await counting.count(
        accepted(
            {CELL: number, "pib_cases_resolved": number, "pib_supervisions": number},
            ReportSubject(unit, (DISTRICT, HA_NOI_KEY), "phuong", "F04", period),
        )
        for period, number in FIGURES.items()
        for unit in COMMUNES
    )
    async with client(database, lambda: own, layouts) as http:
        yield http


async def refused(api: httpx.AsyncClient, path: str, **question: str) -> Answer:
    """Ask, and expect a refusal."""
    response = await api.get(path, params=question)
    assert response.status_code == 400, response.text
    answer: Answer = response.json()
    return answer


def cases(answer: Answer) -> object:
    """Return the number of cases of an answer."""
    return by_cell(answer)[CELL]["value"]


async def test_no_figure_of_a_window_is_added_to_another_period(
    asked: httpx.AsyncClient,
) -> None:
    """The stage, its years and the calendar years tell of the same cases five times."""
    for period, number in FIGURES.items():
        answer = await get(asked, "/v1/totals", unit=HA_NOI_KEY, form="F04", period=period)
        assert cases(answer) == 2 * number
        owed = period == STAGE_2023 or period.startswith("cal.")
        assert by_cell(answer)[CELL]["reported_by"] == (2 if owed else 0)

    calendar = {"from": "cal.2022", "to": "cal.2023"}
    of_years = {"from": YEAR_2022, "to": YEAR_2023}
    in_calendar = await get(asked, "/v1/totals", unit=HA_NOI_KEY, form="F04", **calendar)
    in_years = await get(asked, "/v1/totals", unit=HA_NOI_KEY, form="F04", **of_years)
    unasked = await get(asked, "/v1/totals", unit=HA_NOI_KEY, form="F04")
    assert (cases(in_calendar), cases(in_years)) == (2 * (5 + 7), 2 * (11 + 13))
    assert (in_years["from"], in_years["to"]) == (YEAR_2022, YEAR_2023)
    assert cases(unasked) == 2 * (5 + 7)


async def test_windows_of_one_rule_are_compared_by_their_names(asked: httpx.AsyncClient) -> None:
    """A year with a year, by the committee's name for it; a stage is held against no year."""
    question = {"unit": HA_NOI_KEY, "form": "F04"}

    answer = await get(asked, "/v1/totals", **question, period=YEAR_2023, compare_with=YEAR_2022)
    other = await refused(
        asked, "/v1/totals", **question, period=STAGE_2023, compare_with=YEAR_2022
    )

    assert by_cell(answer)[CELL]["change"]["value"] == 4
    assert "so với năm báo cáo 2022" in by_cell(answer)[CELL]["change"]["display"]
    assert other["type"].rpartition(":")[2] == "bad_comparison"


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        (
            {"from": YEAR_2023, "to": STAGE_2023},
            "bad_range_of_windows",
            "chỉ cộng được dãy kỳ hằng năm liên tiếp",
        ),
        ({"from": YEAR_2022, "to": HALF_2023}, "bad_range_of_windows", "có thể trùng thời gian"),
        ({"from": "cal.2022", "to": YEAR_2023}, "bad_range", "cùng chế độ"),
        (
            {"period": "hanoi.20210101-20231212"},
            "unknown_window",
            "không có kỳ từ ngày 01/01/2021 đến hết ngày 12/12/2023 trong chế độ báo cáo “hanoi”",
        ),
        ({"period": "hanoi.2021"}, "bad_period", "không phải là mã kỳ báo cáo"),
    ],
)
async def test_what_cannot_be_added_is_refused_with_the_reason(
    asked: httpx.AsyncClient, question: dict[str, str], code: str, said: str
) -> None:
    """Else a range would count what happened once twice, or a slip would read as "no figures"."""
    answer = await refused(asked, "/v1/totals", unit=HA_NOI_KEY, **question)

    assert answer["type"].rpartition(":")[2] == code
    assert said in answer["detail"]


async def test_coverage_and_lateness_of_a_window_go_by_who_was_asked(
    asked: httpx.AsyncClient,
) -> None:
    """526 communes owe the stage that a letter asks for; nobody owes the years, or elsewhere."""
    stage = await get(asked, "/v1/coverage", unit=HA_NOI_KEY, form="F04", period=STAGE_2023)
    year = await get(asked, "/v1/coverage", unit=HA_NOI_KEY, form="F04", period=YEAR_2023)
    elsewhere = await get(asked, "/v1/coverage", unit="37.1", form="F04", period=STAGE_2023)
    late = await get(asked, "/v1/late", unit=HA_NOI_KEY, form="F04", period=STAGE_2023)
    late_years = await get(asked, "/v1/late", unit=HA_NOI_KEY, form="F04", period=YEAR_2023)

    assert (stage["expected"], stage["reported"], stage["missing"]) == (526, 2, 524)
    assert (year["expected"], year["reported"]) == (0, 0)
    assert elsewhere["expected"] == 0
    assert len(late["units"]) == 524
    assert {it["due_at"] for it in late["units"]} == {"2024-01-15T10:00:00Z"}
    assert late_years["units"] == []


async def test_revisions_of_a_window_are_listed(asked: httpx.AsyncClient) -> None:
    """Whoever asks what became of a report names it by the code that it was sent under."""
    answer = await get(asked, "/v1/revisions", unit=COMMUNES[0], form="F04", period=STAGE_2023)

    assert [it["revision"] for it in answer["revisions"]] == [1]


async def test_the_windows_of_a_unit_are_listed(asked: httpx.AsyncClient) -> None:
    """A sender finds the code, a reader the name; a unit elsewhere has none of them."""
    answer = await get(asked, "/v1/periods", unit=COMMUNES[0])
    elsewhere = await get(asked, "/v1/periods", unit="14320.1")

    listed = {it["period"]: it for it in answer["periods"]}
    assert {STAGE_2023, YEAR_2022, YEAR_2023, HALF_2023} <= listed.keys()
    assert listed[STAGE_2023] == {
        "period": STAGE_2023,
        "label": "giai đoạn 2021–2023",
        "regime": "hanoi",
        "regime_label": "Chế độ báo cáo của Ban Chỉ đạo thành phố Hà Nội",
        "obligatory": False,
        "forms": [],
        "from": "2021-01-01",
        "to": "2023-12-31",
    }
    assert elsewhere["periods"] == []
