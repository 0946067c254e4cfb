"""The unit-level reports add up to the articles' figures, and every one of them is valid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pytest

from shared.reference.reference_data import ReferenceData
from tests.articles import read
from tests.builders.demo import codes, knowledge_of
from tools.demo.articles import Article, StockMovement, articles
from tools.demo.deliveries import submission
from tools.demo.reports import Report, expectations, reports_of
from tools.demo.scenario import Scenario

ARTICLES = {it.id: it for it in articles()}


@dataclass(frozen=True)
class Fact:
    """One figure of a golden scenario."""

    indicator: str
    value: int | str | None
    qualifier: str = "exact"
    programme: str | None = None


@dataclass(frozen=True)
class Block:
    """Figures of one window."""

    id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Variant:
    """A movement of a stock that gives the stated figures."""

    opening: int
    new: int
    removed: int
    closing: int


@dataclass(frozen=True)
class Replay:
    """How a scenario is replayed."""

    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Golden:
    """One golden scenario."""

    id: str
    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()
    replay: Replay | None = None

    @property
    def stated(self) -> list[Fact]:
        """All of its facts with a number that units report."""
        every = [*self.facts, *(it for block in self.blocks for it in block.facts)]
        return [it for it in every if it.value is not None and it.indicator not in NOT_REPORTED]


NOT_REPORTED = {
    "pib_resolution_rate",  # a rate is computed from its two counts
    "plan_task_groups",  # third priority: not among the figures of the first release
}
GOLDEN = {it.id: it for it in read("scenarios", list[Golden])}
FACTS = [(it.id, fact) for it in GOLDEN.values() for fact in it.stated]
VARIANTS = [it for scenario in GOLDEN.values() for it in (scenario.replay or Replay()).variants]


def total(reports: Iterable[Report], cell: str) -> int:
    """Add up a cell of reports, independently of how they were made."""
    figures = [it.figures.get(cell) for it in reports]
    return sum(it for it in figures if isinstance(it, int))


def cell_of(fact: Fact) -> str:
    """Return the cell in which a fact is reported."""
    if fact.programme is None:
        return fact.indicator
    return f"{fact.indicator}[award_level=province,programme={fact.programme}]"


@pytest.mark.parametrize(("name", "fact"), FACTS, ids=lambda it: getattr(it, "indicator", it))
def test_reports_add_up_to_the_figure_of_the_article(
    reference: ReferenceData, name: str, fact: Fact
) -> None:
    """Every figure of the five articles, exactly; a score is sent as it is."""
    reports = reports_of(ARTICLES[name], reference.catalogue)
    values = [it.figures.get(cell_of(fact)) for it in reports if it.period != "cal.2021"]

    if isinstance(fact.value, str):
        assert fact.value in values
    elif fact.indicator.endswith("_rank"):
        assert [it for it in values if it is not None] == [fact.value]
    else:
        assert total(reports, cell_of(fact)) == fact.value


@pytest.mark.parametrize("name", GOLDEN)
def test_nothing_is_sent_that_no_article_states(reference: ReferenceData, name: str) -> None:
    """Whatever else a form asks for is null; what is a sample beside it is listed here."""
    samples = {"dvk_models_opening", "dvk_models_total[field=khong_phan_loai]"}
    stated = {cell_of(it) for it in GOLDEN[name].stated} | {
        it.indicator for it in GOLDEN[name].stated
    }

    sent = {
        cell
        for report in reports_of(ARTICLES[name], reference.catalogue)
        for cell, value in report.figures.items()
        if value is not None
    }

    assert sent <= stated | samples


@pytest.mark.parametrize(
    ("name", "periods"),
    [
        ("ninh_binh_2023", {"cal.2023"}),
        (
            "ha_noi_2021_2023",
            {"hanoi.20210101-20231212", "hanoi.20220101-20231212", "cal.2021", "cal.2022"},
        ),
        ("ha_tinh_city_2017_2022", {"tphatinh.20170512-20220516"}),
        ("long_an_2023", {"cal.2023", "longan.20210101-20231231"}),
    ],
)
def test_an_article_is_reported_in_its_own_windows(
    reference: ReferenceData, name: str, periods: set[str]
) -> None:
    """No share of a stage is invented for one of its years."""
    assert {it.period for it in reports_of(ARTICLES[name], reference.catalogue)} == periods


def test_an_article_without_figures_sends_nothing(reference: ReferenceData) -> None:
    """Article 000 names activities and no number."""
    assert reports_of(ARTICLES["hcm_visit_ninh_binh_2024"], reference.catalogue) == []


def test_a_lower_bound_stays_one(reference: ReferenceData) -> None:
    """The article says "hơn 20.000 đại biểu", which is not 20.000."""
    reports = reports_of(ARTICLES["ha_noi_2021_2023"], reference.catalogue)

    assert [dict(it.qualifiers) for it in reports if it.qualifiers] == [
        {"online_delegates": "at_least"}
    ]


def test_removals_that_are_not_stated_are_null_in_every_unit(reference: ReferenceData) -> None:
    """Ninh Bình removed models in 2023; how many is unknown, which is not 0."""
    reports = reports_of(ARTICLES["ninh_binh_2023"], reference.catalogue)

    assert Counter(it.figures["dvk_models_removed"] for it in reports) == {None: 151}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda it: f"{it.opening}-{it.removed}")
def test_variants_of_the_stock_give_the_same_figures(
    reference: ReferenceData, variant: Variant
) -> None:
    """421 new and 1.635 at the close, whichever opening they are reached from."""
    stock = StockMovement(**vars(variant))

    reports = reports_of(ARTICLES["ninh_binh_2023"].with_stock(stock), reference.catalogue)

    cells = ("dvk_models_opening", "dvk_models_new", "dvk_models_removed", "dvk_models_total")
    found = [total(reports, cell) for cell in cells]
    assert found == [variant.opening, variant.new, variant.removed, variant.closing]


def test_a_stock_that_does_not_balance_is_refused(reference: ReferenceData) -> None:
    """A mistake in the fact file is seen before anything is sent."""
    stock = StockMovement(opening=1214, new=421, removed=0, closing=1636)

    with pytest.raises(ValueError, match="does not balance"):
        reports_of(ARTICLES["ninh_binh_2023"].with_stock(stock), reference.catalogue)


def _every_variant() -> list[Article]:
    ninh_binh = ARTICLES["ninh_binh_2023"]
    variants = [ninh_binh.with_stock(StockMovement(**vars(it))) for it in VARIANTS]
    return [*ARTICLES.values(), *variants]


def test_intake_has_nothing_to_say_against_any_report(scenario: Scenario, now: datetime) -> None:
    """Not even a warning, in any variant: resolved <= detected, stocks balance, splits sum."""
    knowledge = knowledge_of(scenario.reference)
    reports = [it for a in _every_variant() for it in reports_of(a, scenario.reference.catalogue)]

    said = {
        code
        for report in reports
        for code in codes(submission(report, now).model_dump_json().encode(), knowledge, now)
    }

    assert said == set()


def test_expectations_ask_for_every_stated_figure(reference: ReferenceData) -> None:
    """The demo is not ready before the totals hold each of them, the rate of 92,3 % included."""
    expected = expectations(articles(), reference.catalogue)
    values = {cell: value for it in expected for cell, value in it.figures.items()}

    assert values["pib_resolution_rate"] == "92.3"
    assert {cell_of(fact) for _, fact in FACTS} - {"dvk_models_total"} <= set(values)


def test_a_difference_names_the_figure(reference: ReferenceData) -> None:
    """A demo that fails says which figure is missing."""
    expected = expectations([ARTICLES["ninh_binh_2023"]], reference.catalogue)[0]
    found = dict(expected.figures) | {"dvk_models_total": 1636, "dvk_models_removed": 0}
    del found["dvk_models_new"]

    lines = expected.differences(found)

    assert expected.differences(expected.figures) == []
    assert [line.split(":")[0].split()[-1] for line in lines] == [
        "dvk_models_new",
        "dvk_models_removed",
        "dvk_models_total",
    ]
