"""The same reports within the boundaries of then and of today; no row is ever rewritten."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import Value
from tests.integration.aggregator.asking import by_cell, client, get
from tests.integration.aggregator.counting import Counting, events_of
from tests.integration.aggregator.reform import (
    AFTER,
    BEFORE,
    BOTH,
    DIVIDED,
    LEFT,
    MERGED,
    RIGHT,
    models,
    reference_of,
    report,
)
from tools.demo.articles import Article

MODELS, NEW, OPENING = "dvk_models_total", "dvk_models_new", "dvk_models_opening"
YEAR = "cal.2024"
TEN_TWENTY_FIVE = dict(zip(MERGED, (10, 20, 5), strict=True))


class Country:
    """Reference data in force, replaced as the follower replaces them."""

    def __init__(self, reference: ReferenceData) -> None:
        self._original = reference
        self.reference = reference_of(reference, reformed=False)

    def reform(self) -> None:
        """Let the reform come into force."""
        self.reference = reference_of(self._original, reformed=True)


@pytest.fixture
def country(reference: ReferenceData) -> Country:
    """Return the small country, before its reform."""
    return Country(reference)


@pytest.fixture
async def asked(
    database: Database, country: Country, layouts: Layouts
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the API on the small country."""
    async with client(database, lambda: country.reference, layouts) as http:
        yield http


async def versions(database: Database) -> Sequence[tuple[object, ...]]:
    """Return every row version of the ledger: an update would change one of them."""
    query = "SELECT tableoid, ctid, xmin::text, xmax::text FROM {} ORDER BY 1, 2"
    async with database.connection() as connection:
        return [
            tuple(row)
            for table in ("report", "total")
            for row in await connection.fetch(query.format(table))
        ]


async def test_long_an_counts_in_todays_tay_ninh(
    api: httpx.AsyncClient,
    database: Database,
    reference: ReferenceData,
    layouts: Layouts,
    articles: tuple[Article, ...],
) -> None:
    """963 models of Long An (80.1) are those of Tây Ninh (80.2), which takes over its code."""
    long_an = [it for it in articles if it.area == "80.1"]
    await Counting(database, layouts).count(events_of(long_an, reference))
    before = await versions(database)

    then = await get(api, "/v1/totals", unit="80.1", period="cal.2023")
    now = await get(api, "/v1/totals", unit="80.2", period="cal.2023", view="current")
    not_yet = await get(api, "/v1/totals", unit="80.2", period="cal.2023")

    assert by_cell(then)[MODELS]["value"] == by_cell(now)[MODELS]["value"] == 963
    assert (then["view"], now["view"]) == ("as_reported", "current")
    assert [(it["key"], it["name"], it["valid_to"]) for it in now["made_of"]] == [
        ("72.1", "Tỉnh Tây Ninh", "2025-06-30"),
        ("80.1", "Tỉnh Long An", "2025-06-30"),
    ]
    assert (now["unit"]["name"], now["unit"]["valid_from"]) == ("Tỉnh Tây Ninh", "2025-07-01")
    assert now["not_separable"] == now["unverified"] == []
    alone = by_cell(await get(api, "/v1/totals", unit="72.1", period="cal.2023"))
    expected = [by_cell(it)[MODELS]["expected"] for it in (then, now, not_yet)]
    assert expected == [expected[0], expected[0] + alone[MODELS]["expected"], 0]
    assert by_cell(not_yet)[MODELS]["value"] is None
    assert await versions(database) == before


async def test_whole_country_is_the_same_in_both_views(
    api: httpx.AsyncClient,
    database: Database,
    reference: ReferenceData,
    layouts: Layouts,
    articles: tuple[Article, ...],
) -> None:
    """63 provinces of then and 34 of today add up to the same, figure by figure."""
    await Counting(database, layouts).count(events_of(articles, reference))
    provinces = reference.directory.provinces()

    async def total(generation: str, view: str) -> dict[str, int]:
        sums: dict[str, int] = {}
        for key in (it for it in provinces if it.endswith(generation)):
            for form in ("F04", "F05"):
                answer = await get(
                    api, "/v1/totals", unit=key, period="cal.2023", view=view, form=form
                )
                for cell, figure in by_cell(answer).items():
                    if isinstance(figure["value"], int):
                        sums[cell] = sums.get(cell, 0) + figure["value"]
        return sums

    assert await total(".1", "as_reported") == (await total(".2", "current")) != {}


async def test_who_has_ended_has_no_boundaries_today(
    api: httpx.AsyncClient,
) -> None:
    """The answer names who holds the area now; under as_reported it stays readable for ever."""
    response = await api.get(
        "/v1/totals", params={"unit": "80.1", "period": "cal.2023", "view": "current"}
    )

    problem = response.json()
    assert (response.status_code, problem["type"]) == (409, "urn:qcdc:problem:unit_ended")
    assert [(it["key"], it["name"]) for it in problem["held_by"]] == [("80.2", "Tỉnh Tây Ninh")]
    assert "tỉnh Tây Ninh (80.2)" in problem["detail"]
    assert "30/6/2025" in problem["detail"]
    assert (await get(api, "/v1/totals", unit="80.1", period="cal.2023"))["unit"]["key"] == "80.1"


async def test_three_communes_merge_while_the_line_runs(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """10 + 20 + 5 stay 35, coverage of each period stays as it was; DHIS2's answer is 10."""
    await Counting(database, layouts).count(
        models(country.reference, BEFORE, TEN_TWENTY_FIVE, layouts)
    )
    rows = await versions(database)

    async def answers() -> list[object]:
        parts: list[object] = []
        for unit in (LEFT, *MERGED):
            totals = await get(asked, "/v1/totals", unit=unit, period=BEFORE, form="F05")
            coverage = await get(asked, "/v1/coverage", unit=unit, period=BEFORE, form="F05")
            counts = ("expected", "reported", "on_time", "late", "missing")
            parts += [totals["figures"], [coverage[it] for it in counts]]
        return parts

    before = await answers()
    country.reform()
    after = await answers()
    commune = await get(asked, "/v1/totals", unit="N1", period=BEFORE, view="current")
    province = await get(asked, "/v1/totals", unit=BOTH, period=BEFORE, view="current")

    assert before == after
    merged = by_cell(commune)[MODELS]
    assert (merged["value"], merged["reported_by"], merged["expected"]) == (35, 3, 3)
    assert [it["key"] for it in commune["made_of"]] == list(MERGED)
    assert by_cell(province)[MODELS]["value"] == 35
    assert by_cell(province)[MODELS]["expected"] == 5
    assert await versions(database) == rows


async def test_a_divided_commune_is_assigned_to_nobody(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """Nobody recorded the shares: neither part shows a figure, the province shows them all."""
    country.reform()
    await Counting(database, layouts).count(
        models(country.reference, BEFORE, {DIVIDED: 7, "B2": 4}, layouts)
    )

    part = await get(asked, "/v1/totals", unit="N2", period=BEFORE, view="current")
    whole = await get(asked, "/v1/totals", unit=BOTH, period=BEFORE, view="current")

    shown = by_cell(part)[MODELS]
    assert (shown["value"], shown["withheld"]) == (None, "not_separable")
    assert shown["display"] == "– (không tách được)"
    assert [it["key"] for it in part["not_separable"]] == [DIVIDED]
    assert [it["key"] for it in part["made_of"]] == ["B2"]
    assert [it["key"] for it in part["unverified"]] == ["B2"]
    assert by_cell(whole)[MODELS]["value"] == 11
    assert "withheld" not in by_cell(whole)[MODELS]
    assert whole["not_separable"] == []


async def test_range_over_the_reform_takes_stocks_at_its_end(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """Flows of both sides of the reform add up; the stock is that of the new units."""
    country.reform()
    counting = Counting(database, layouts)
    await counting.count(models(country.reference, BEFORE, TEN_TWENTY_FIVE, layouts))
    await counting.count(models(country.reference, AFTER, {"N1": 36}, layouts))

    answer = await get(
        asked, "/v1/totals", unit="N1", from_=BEFORE, to=AFTER, view="current", form="F05"
    )
    open_end = await get(asked, "/v1/totals", unit="N1", view="current", form="F05")

    cells = by_cell(answer)
    assert (cells[NEW]["value"], cells[NEW]["expected"]) == (71, 4)
    assert (cells[MODELS]["value"], cells[MODELS]["period"]) == (36, AFTER)
    assert [it["key"] for it in answer["made_of"]] == [*MERGED, "N1"]
    assert open_end["figures"] == answer["figures"]
    assert (open_end["from"], open_end["to"]) == (BEFORE, AFTER)


async def test_year_of_the_reform_counts_its_stocks_once(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """
    Who ended in June and who began in July both report the year: the same models, seen twice.

    Flows of both add up; a stock is that of who was there on the day.
    """
    country.reform()

    def stated(opening: int, new: int, total: int) -> dict[str, Value]:
        return {OPENING: opening, NEW: new, MODELS: total}

    await Counting(database, layouts).count(
        report(country.reference, unit, YEAR, figures)
        for unit, figures in {
            "A1": stated(8, 2, 10),
            "A2": stated(20, 0, 20),
            "A3": stated(5, 0, 5),
            "N1": stated(35, 6, 41),
        }.items()
    )

    answers = [
        by_cell(await get(asked, "/v1/totals", unit=unit, period=YEAR, view=view, form="F05"))
        for unit, view in (("N1", "current"), (BOTH, "current"), (LEFT, "as_reported"))
    ]

    figures = [[it[cell]["value"] for cell in (OPENING, NEW, MODELS)] for it in answers]
    assert figures == [[33, 8, 41], [33, 8, 41], [33, 2, 35]]


async def test_scores_of_several_provinces_have_no_sum(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """Two provinces had a rank each; their successor had none, until it has its own."""
    country.reform()
    own: dict[str, Value] = {"par_index_score": "89.58", "par_index_rank": 3}
    counting = Counting(database, layouts)
    await counting.count([report(country.reference, it, BEFORE, own) for it in (LEFT, RIGHT)])

    then = by_cell(await get(asked, "/v1/totals", unit=BOTH, period=BEFORE, view="current"))
    await counting.count([report(country.reference, BOTH, AFTER, own)])
    span = by_cell(
        await get(asked, "/v1/totals", unit=BOTH, from_=BEFORE, to=AFTER, view="current")
    )

    rank = then["par_index_rank"]
    assert (rank["value"], rank["withheld"]) == (None, "not_additive")
    assert rank["display"] == "– (không cộng dồn)"
    assert (rank["reported_by"], rank["expected"]) == (2, 2)
    assert (span["par_index_rank"]["value"], span["par_index_rank"]["period"]) == (3, AFTER)


async def test_rank_goes_on_where_nothing_but_the_key_changed(
    api: httpx.AsyncClient, database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Hà Nội was not merged with anybody: the third of 63 of 2022 is the Hà Nội of today."""
    await Counting(database, layouts).count(
        [report(reference, "01.1", "cal.2022", {"par_index_rank": 3})]
    )

    answer = await get(api, "/v1/totals", unit="01.2", period="cal.2022", view="current")

    rank = by_cell(answer)["par_index_rank"]
    assert (rank["value"], rank["display"]) == (3, "3/63")
    assert "withheld" not in rank


async def test_carried_opening_names_only_whose_closing_is_known(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """Two of three never reported a closing stock: it is not in the 10."""
    country.reform()
    await Counting(database, layouts).count(models(country.reference, BEFORE, {"A1": 10}, layouts))

    openings = [
        by_cell(await get(asked, "/v1/totals", unit=unit, period=AFTER, view="current"))[OPENING]
        for unit in ("N1", BOTH)
    ]

    assert [it["value"] for it in openings] == [10, 10]
    assert [it["carried_from"]["units"] for it in openings] == [["A1"], [LEFT]]


async def test_opening_stock_is_carried_over_a_merger(
    asked: httpx.AsyncClient, database: Database, country: Country, layouts: Layouts
) -> None:
    """Until it is reported, it is the predecessors' closing stock, and names them."""
    country.reform()
    counting = Counting(database, layouts)
    await counting.count(
        models(country.reference, BEFORE, {**TEN_TWENTY_FIVE, DIVIDED: 7, "B2": 4}, layouts)
    )

    async def opening(unit: str, view: str = "current") -> dict[str, object]:
        answer = await get(asked, "/v1/totals", unit=unit, period=AFTER, view=view, form="F05")
        figure: dict[str, object] = by_cell(answer)[OPENING]
        return figure

    commune, province, part = [await opening(it) for it in ("N1", BOTH, "N2")]
    as_reported = await opening("N1", "as_reported")
    await counting.count([report(country.reference, "N1", AFTER, {OPENING: 34})])
    reported, of_some = await opening("N1"), await opening(BOTH)

    assert (commune["value"], commune["reported_by"]) == (35, 0)
    assert commune["carried_from"] == {"units": list(MERGED), "period": BEFORE}
    assert province["value"] == 46
    assert province["carried_from"] == {"units": [LEFT, RIGHT], "period": BEFORE}
    assert (part["value"], part["withheld"]) == (None, "not_separable")
    assert (as_reported["value"], as_reported["display"]) == (None, "–")
    assert reported["value"] == 34
    assert "carried_from" not in reported
    closed = {"units": list(MERGED), "period": BEFORE, "value": 35, "display": "35"}
    assert reported["closed_before"] == closed
    assert of_some["value"] == 34
    assert of_some["closed_before"] == closed | {
        "units": [LEFT, RIGHT],
        "value": 46,
        "display": "46",
    }
