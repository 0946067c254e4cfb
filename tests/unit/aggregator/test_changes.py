"""What became of a figure since an earlier period."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.app import load_messages
from services.aggregator.domain.changes import Incomparable, change
from services.aggregator.domain.reporters import ReporterCount
from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.usecases.figures import FigureWriter, Since
from shared.reference.figures import Qualifier
from shared.reference.forms import Cell
from shared.reference.indicators import Indicator, Measure
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period
from tests.builders.reference import shipped_reference

AT_LEAST, AT_MOST, ABOUT, EXACT = (
    Qualifier.AT_LEAST,
    Qualifier.AT_MOST,
    Qualifier.ABOUT,
    Qualifier.EXACT,
)
INDICATORS = shipped_reference().catalogue.indicators
WHOLE, PARTLY = ReporterCount(151, 151, 151), ReporterCount(150, 150, 151)
SINCE = Since(period("cal.2021"), "năm 2021")


def figure(
    indicator: str, value: int | str | None, qualifier: Qualifier = EXACT, out_of: int | None = None
) -> ComputedFigure:
    """Return a figure that all who owe it stated."""
    its = Decimal(value) if isinstance(value, str) else value
    return ComputedFigure(INDICATORS[indicator], Cell(indicator), its, qualifier, WHOLE, out_of)


def shown(now: ComputedFigure, before: ComputedFigure) -> str:
    """Return a change as people read it."""
    answer = FigureWriter(load_messages()).compared(now, before, SINCE).change
    assert answer is not None
    return answer.display


@pytest.mark.parametrize(
    ("now", "before", "display"),
    [
        (3, 10, "tăng 7 bậc so với năm 2021"),  # Hà Nội, PAR INDEX 2022
        (10, 10, "giữ nguyên so với năm 2021"),
        (12, 10, "giảm 2 bậc so với năm 2021"),
    ],
)
def test_a_smaller_rank_is_a_better_one(now: int, before: int, display: str) -> None:
    """Third after tenth is seven places up, and never "giảm 70%"."""
    ranks = [figure("par_index_rank", it, out_of=63) for it in (now, before)]

    assert shown(*ranks) == display


def test_places_among_others_have_no_distance() -> None:
    """Third of 34 provinces after tenth of 63: nobody can say how many places that is."""
    now, before = figure("pci_rank", 3, out_of=34), figure("pci_rank", 10, out_of=63)

    found = change(now, before)

    assert found is not None
    assert (found.value, found.incomparable) == (None, Incomparable.RANKED_AMONG_OTHERS)
    assert shown(now, before) == "– (không so sánh được: 3/34 và 10/63)"


@pytest.mark.parametrize(
    ("indicator", "now", "before", "display"),
    [
        ("pci_score", "70.94", "68.45", "tăng 2,49 điểm so với năm 2021"),  # Long An, PCI 2023
        ("sipas_score", "80.16", "81.00", "giảm 0,84 điểm phần trăm so với năm 2021"),
        ("pib_resolution_rate", "92.3", "91.1", "tăng 1,2 điểm phần trăm so với năm 2021"),
        ("dvk_models_total", 1635, 1214, "tăng 421 (+34,7%) so với năm 2021"),
        ("dvk_models_effective", 1532, 1808, "giảm 276 (-15,3%) so với năm 2021"),
        ("dvk_models_new", 5, 0, "tăng 5 so với năm 2021"),
        ("dvk_models_new", 5, 5, "giữ nguyên so với năm 2021"),
        (
            "contributions_vnd",
            60_000_000,
            40_000_000,
            "tăng 20 triệu đồng (+50,0%) so với năm 2021",
        ),
        ("land_donated_m2", "1250.50", "1000.00", "tăng 250,5 m² (+25,1%) so với năm 2021"),
        ("papi_group", 1, 3, "– (không so sánh được: 1 và 3)"),
    ],
)
def test_a_difference_is_in_the_terms_of_its_measure(
    indicator: str, now: int | str, before: int | str, display: str
) -> None:
    """Scores in points, rates in percentage points, counts in numbers and in percent."""
    assert shown(figure(indicator, now), figure(indicator, before)) == display


@pytest.mark.parametrize(
    ("now", "before", "display"),
    [
        ((20000, AT_LEAST), (15000, EXACT), "tăng hơn 5.000 so với năm 2021"),
        ((15000, EXACT), (20000, AT_LEAST), "giảm hơn 5.000 so với năm 2021"),
        ((15000, AT_MOST), (20000, EXACT), "giảm hơn 5.000 so với năm 2021"),
        ((20000, AT_LEAST), (25000, EXACT), "– (không so sánh được: hơn 20.000 và 25.000)"),
        ((20000, AT_LEAST), (20000, EXACT), "– (không so sánh được: hơn 20.000 và 20.000)"),
        ((20000, ABOUT), (15000, EXACT), "– (không so sánh được: khoảng 20.000 và 15.000)"),
    ],
)
def test_a_change_claims_no_more_than_its_figures(
    now: tuple[int, Qualifier], before: tuple[int, Qualifier], display: str
) -> None:
    """Of "more than 20,000" after 25,000 nobody knows whether it grew."""
    indicator = "online_delegates"

    assert shown(figure(indicator, *now), figure(indicator, *before)) == display


def test_no_percent_where_not_all_reported() -> None:
    """150 of 151 units in one year and 151 in the next: the number grew, the rate is of nothing."""
    now = figure("dvk_models_total", 1635)
    before = replace(figure("dvk_models_total", 1214), units=PARTLY)

    assert shown(now, before) == "tăng 421 so với năm 2021"
    answer = FigureWriter(load_messages()).compared(now, before, SINCE).change
    assert answer is not None
    assert (answer.reported_by, answer.expected) == (150, 151)


@pytest.mark.parametrize(("now", "before"), [(None, 3), (3, None), (None, None)])
def test_nothing_stated_is_no_change(now: int | None, before: int | None) -> None:
    """Absent is not 0: who reported nothing last year did not grow by all of this year."""
    assert change(figure("dvk_models_new", now), figure("dvk_models_new", before)) is None


@given(st.sampled_from(sorted(INDICATORS)), st.integers(1, 63), st.integers(1, 63))
def test_back_and_forth_is_no_change(indicator: str, one: int, other: int) -> None:
    """What went up by so much goes down by as much, in every measure; equal is equal."""
    first, second = _value(INDICATORS[indicator], one), _value(INDICATORS[indicator], other)
    there = change(figure(indicator, second), figure(indicator, first))
    back = change(figure(indicator, first), figure(indicator, second))

    assert there is not None
    assert back is not None
    assert there.incomparable is back.incomparable
    if there.value is not None and back.value is not None:
        assert there.value == -back.value
        better = other < one if INDICATORS[indicator].measure is Measure.RANK else other > one
        assert (there.value > 0) is better


def _value(indicator: Indicator, number: int) -> int | str:
    return f"{number}.00" if indicator.scale else number


def test_every_kind_of_figure_has_its_words(reference: ReferenceData) -> None:
    """No measure of the catalogue is without a sentence."""
    for indicator in reference.catalogue.indicators.values():
        values = _value(indicator, 2), _value(indicator, 1)
        display = shown(*(figure(indicator.code, it) for it in values))
        assert display.startswith("– (") or display.endswith(" so với năm 2021")
