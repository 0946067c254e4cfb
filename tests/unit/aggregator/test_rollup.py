"""The figures that follow from totals, over units, forms and time."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from services.aggregator.domain.amounts import Amount, over_time, over_units
from services.aggregator.domain.errors import NotAdditive
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reporters import (
    FormReporters,
    ReporterCount,
    Reporters,
    ReportGroup,
)
from services.aggregator.domain.rollup import ComputedFigure, FigureSelection, compute_figures
from services.aggregator.domain.stated_figures import PeriodTotals, StatedFigures, amounts
from services.aggregator.domain.totals import TotalKey, Totals, move, settle
from shared.contracts.reports import ReportAccepted
from shared.reference.figures import Qualifier
from shared.reference.indicators import Measure
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted, revision_of
from tests.builders.periods import year

AREA = "37.1"


def own(period: str) -> ReportSubject:
    """Return where a province reports its own indices."""
    return ReportSubject(AREA, (AREA,), "tinh", "F07", period)


def read(
    reference: ReferenceData, layouts: Layouts, reports: Sequence[ReportAccepted], owing: int = 2
) -> Mapping[str, ComputedFigure]:
    """Roll up reports of communes A, B, …, of which the first *owing* owe every form."""
    periods = sorted({year(int(it.period[-4:])) for it in reports})
    forms = sorted({it.form for it in reports})
    used = {
        (form, period): layouts.require(form, period.code) for form in forms for period in periods
    }
    totals_by_period = [
        PeriodTotals(
            layout, period, _totals(layouts, [it for it in reports if _is(it, form, period)])
        )
        for (form, period), layout in used.items()
    ]
    units = frozenset("ABCDEFGH"[:owing])
    reporters = Reporters(
        FormReporters(
            layout, period, units, _groups(layouts, [it for it in reports if _is(it, form, period)])
        )
        for (form, period), layout in used.items()
    )
    selection = FigureSelection(
        reference.catalogue, periods, list({id(it): it for it in used.values()}.values())
    )
    stated = StatedFigures(amounts(totals_by_period, reference.catalogue))
    return {it.cell.key: it for it in compute_figures(selection, stated, reporters)}


def _is(report: ReportAccepted, form: str, period: Period) -> bool:
    return (report.form, report.period) == (form, period.code)


def _totals(layouts: Layouts, reports: Sequence[ReportAccepted]) -> Totals:
    if not reports:
        return Totals([], [])
    key = TotalKey(reports[0].form, reports[0].period, AREA, "xa")
    layout = layouts.require(key.form, key.period)
    moves = [
        move(it.slot, it.counted, 1, layout)
        for it in (revision_of(report, layouts) for report in reports)
    ]
    return settle({}, {key: moves}, layouts)[key]


def _groups(layouts: Layouts, reports: Sequence[ReportAccepted]) -> list[ReportGroup]:
    return [
        ReportGroup(
            frozenset({it.unit}),
            frozenset(
                position
                for key, position in layouts.require(it.form, it.period).form.position.items()
                if it.figures.get(key) is None
            ),
        )
        for it in reports
    ]


@pytest.mark.parametrize(("resolved", "share"), [(1446, "92.3"), (1445, "92.3"), (1447, "92.4")])
def test_rate_is_the_ratio_of_the_sums(
    resolved: int, share: str, reference: ReferenceData, layouts: Layouts
) -> None:
    """Hà Nội resolved 1,446 of 1,566; the mean of the communes' rates would be another number."""
    small: dict[str, Value] = {
        "pib_violations_detected": 6,
        "pib_cases_resolved": 0,
        "pib_resolution_rate": "0",
    }
    large: dict[str, Value] = {
        "pib_violations_detected": 1560,
        "pib_cases_resolved": resolved,
        "pib_resolution_rate": "92.7",
    }
    reports = [
        accepted(small, ReportSubject("A", form="F04")),
        accepted(large, ReportSubject("B", form="F04")),
    ]

    reading = read(reference, layouts, reports)["pib_resolution_rate"]

    assert (reading.value, reading.units) == (Decimal(share), ReporterCount(2, 2, 2))


def test_rate_of_a_range_is_of_the_years_that_have_both_parts(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """90 of 100 resolved, and 80 of nobody knows how many: 90 %, and not 170 %."""
    both = {"pib_violations_detected": 100, "pib_cases_resolved": 90}
    one = {"pib_violations_detected": None, "pib_cases_resolved": 80}
    reports = [
        accepted(figures, ReportSubject("A", form="F04", period=period))
        for period, figures in (("cal.2022", both), ("cal.2023", one))
    ]

    answer = read(reference, layouts, reports, owing=1)

    rate = answer["pib_resolution_rate"]
    assert (rate.value, rate.units) == (Decimal("90.0"), ReporterCount(1, 0, 1))
    assert answer["pib_cases_resolved"].value == 170


@pytest.mark.parametrize(
    ("resolved", "detected", "qualifier"),
    [
        ("at_least", "exact", "at_least"),
        ("at_most", "exact", "at_most"),
        ("exact", "at_least", "at_most"),
        ("exact", "at_most", "at_least"),
        ("at_least", "at_most", "at_least"),
        ("at_least", "at_least", "about"),
        ("about", "exact", "about"),
        ("exact", "about", "about"),
    ],
)
def test_a_rate_is_the_bound_that_its_parts_allow(
    resolved: str, detected: str, qualifier: str, reference: ReferenceData, layouts: Layouts
) -> None:
    """87 of "more than" 100 are at most 87 %."""
    doubts = {"pib_cases_resolved": resolved, "pib_violations_detected": detected}
    report = accepted(
        {"pib_violations_detected": 100, "pib_cases_resolved": 87},
        ReportSubject("A", form="F04"),
        qualifiers={cell: it for cell, it in doubts.items() if it != "exact"},
    )

    rate = read(reference, layouts, [report])["pib_resolution_rate"]

    assert (rate.value, rate.qualifier) == (Decimal("87.0"), Qualifier(qualifier))


def cases(
    year: int, arisen: int, settled: int, carried_in: int | None, unit: str = "A"
) -> ReportAccepted:
    """Return the report of a year's cases."""
    figures: dict[str, Value] = {
        "pib_violations_detected": arisen,
        "pib_cases_recommended": arisen,
        "pib_cases_resolved": settled,
        "pib_cases_carried_in": carried_in,
    }
    return accepted(figures, ReportSubject(unit, form="F04", period=f"cal.{year}"))


RATES = ("pib_resolution_rate", "pib_recommended_resolution_rate")


def test_what_was_carried_in_is_in_the_denominator(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """13 settled of 10 and 5 carried in are 86,7 %, never 130 %."""
    answer = read(reference, layouts, [cases(2023, 10, 13, 5)], owing=1)

    for code in RATES:
        assert (answer[code].value, answer[code].qualifier) == (Decimal("86.7"), Qualifier.EXACT)


def test_a_range_carries_in_what_was_open_at_its_start(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """Of 5 + 10 + 4 cases 13 + 5 were settled; the 2 that 2023 carried in are among them."""
    reports = [cases(2022, 10, 13, 5), cases(2023, 4, 5, 2)]

    answer = read(reference, layouts, reports, owing=1)

    assert answer["pib_cases_carried_in"].value == 5
    assert [answer[code].value for code in RATES] == [Decimal("94.7")] * 2


def test_more_than_all_is_no_rate(reference: ReferenceData, layouts: Layouts) -> None:
    """Nobody states what was carried in: the page shows no rate rather than 130,0%."""
    answer = read(reference, layouts, [cases(2023, 10, 13, None)], owing=1)

    assert [answer[code].value for code in RATES] == [None, None]


def test_a_rate_is_about_when_not_all_state_what_they_carried_in(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """The cases of B may have been more."""
    reports = [cases(2023, 10, 10, 5), cases(2023, 5, 5, None, "B")]

    rate = read(reference, layouts, reports)["pib_resolution_rate"]

    assert (rate.value, rate.qualifier) == (Decimal("75.0"), Qualifier.ABOUT)


def test_rate_of_parts_that_not_the_same_reports_state_is_about(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """90 of 100, and 5 found of which nobody knows how many are settled: about 85,7 %."""
    both = {"pib_violations_detected": 100, "pib_cases_resolved": 90}
    one = {"pib_violations_detected": 5, "pib_cases_resolved": None}
    reports = [
        accepted(figures, ReportSubject(unit, form="F04"))
        for unit, figures in (("A", both), ("B", one))
    ]

    rate = read(reference, layouts, reports)["pib_resolution_rate"]

    assert (rate.value, rate.qualifier) == (Decimal("85.7"), Qualifier.ABOUT)
    assert rate.units == ReporterCount(1, 1, 2)


def test_rate_of_nothing_is_absent(reference: ReferenceData, layouts: Layouts) -> None:
    """No violation detected: there is no rate, neither 0 % nor 100 %."""
    nothing = {"pib_violations_detected": 0, "pib_cases_resolved": 0}

    answer = read(reference, layouts, [accepted(nothing, ReportSubject("A", form="F04"))])

    assert answer["pib_resolution_rate"].value is None
    assert answer["pib_violations_detected"].value == 0


def test_absent_is_not_nought(reference: ReferenceData, layouts: Layouts) -> None:
    """Ninh Bình's removals are not known; a commune that reports 0 has reported."""
    stated = {"dvk_models_new": 421, "dvk_models_removed": None}

    unknown = read(reference, layouts, [accepted(stated, ReportSubject("A"))])["dvk_models_removed"]
    zero = read(reference, layouts, [accepted({"dvk_models_removed": 0}, ReportSubject("A"))])

    assert (unknown.value, unknown.units.reported_by, unknown.units.expected) == (None, 0, 2)
    assert zero["dvk_models_removed"].value == 0
    assert zero["dvk_models_removed"].units.reported_by == 1


def test_range_adds_flows_and_takes_stocks_at_its_ends(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """New models of two years add up; the number of models is that of the last year reported."""
    reports = [
        accepted(
            {"dvk_models_opening": 90, "dvk_models_new": 10, "dvk_models_total": 100},
            ReportSubject("A", period="cal.2021"),
        ),
        accepted(
            {"dvk_models_opening": 100, "dvk_models_new": 20, "dvk_models_total": 120},
            ReportSubject("A", period="cal.2022"),
        ),
        accepted({"dvk_models_new": 1}, ReportSubject("A", period="cal.2023")),
    ]

    answer = read(reference, layouts, reports, owing=1)

    assert (answer["dvk_models_new"].value, answer["dvk_models_new"].period) == (31, None)
    assert (answer["dvk_models_total"].value, answer["dvk_models_total"].period) == (
        120,
        year(2022),
    )
    opening = answer["dvk_models_opening"]
    assert (opening.value, opening.period) == (90, year(2021))


def test_stock_that_passed_on_within_the_year_counts_once(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """What ended in June and what began in July both had it; alone, either of them is asked."""
    layout, period = layouts.require("F05", "cal.2023"), year(2023)

    def stated(opening: int, new: int, total: int) -> Totals:
        cells = {"dvk_models_opening": opening, "dvk_models_new": new, "dvk_models_total": total}
        return _totals(layouts, [accepted(cells, ReportSubject("A"))])

    ended = PeriodTotals(layout, period, stated(8, 2, 10), at_end=False)
    begun = PeriodTotals(layout, period, stated(10, 3, 13), at_start=False)

    def stocks(*totals_by_period: PeriodTotals) -> list[int]:
        answer = amounts(totals_by_period, reference.catalogue)
        cells = ("dvk_models_opening", "dvk_models_new", "dvk_models_total")
        return [answer[cell][period].value for cell in cells]

    assert stocks(ended, begun) == stocks(begun, ended) == [8, 5, 13]
    assert (stocks(ended), stocks(begun)) == ([8, 2, 10], [10, 3, 13])


def test_score_and_rank_are_looked_up_in_the_last_period_that_has_them(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """Hà Nội's PAR INDEX of 2022: 89.58, third of 63, also when 2023 is asked for too."""
    stated: dict[str, Value] = {
        "par_index_score": "89.58",
        "par_index_rank": 3,
        "sipas_score": "80.16",
    }
    reports = [
        accepted(stated, own("cal.2022")),
        accepted({"papi_group": 2}, own("cal.2023")),
    ]

    answer = read(reference, layouts, reports)

    rank = answer["par_index_rank"]
    assert (rank.value, rank.out_of, rank.period) == (3, 63, year(2022))
    assert (answer["par_index_score"].value, answer["papi_group"].value) == (
        Decimal("89.58"),
        2,
    )


def test_rank_of_2025_is_out_of_34(reference: ReferenceData, layouts: Layouts) -> None:
    """There are 34 provinces since July 2025."""
    answer = read(reference, layouts, [accepted({"par_index_rank": 3}, own("cal.2025"))])

    assert answer["par_index_rank"].out_of == 34


def test_indicator_of_several_forms_is_their_sum(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """Opinions are collected by the commune (F01) and by its Fatherland Front (F04)."""
    reports = [
        accepted({"opinions_collected": 53_000}, ReportSubject("A", form="F04")),
        accepted({"opinions_collected": 324}, ReportSubject("B", form="F01")),
    ]

    reading = read(reference, layouts, reports)["opinions_collected"]

    assert (reading.value, reading.units.reported_by, reading.units.expected) == (53_324, 2, 2)


@pytest.mark.parametrize(
    ("other", "whole"), [("about", "about"), ("at_most", "about"), ("at_least", "at_least")]
)
def test_a_sum_claims_no_more_than_its_parts(
    other: str, whole: str, reference: ReferenceData, layouts: Layouts
) -> None:
    """More than 20,000, about 5, and 3 are together about 20,008: the 5 may be 1."""
    reports = [
        accepted({"work_days": 20_000}, ReportSubject("A"), qualifiers={"work_days": "at_least"}),
        accepted({"work_days": 5}, ReportSubject("B"), qualifiers={"work_days": other}),
        accepted({"work_days": 3}, ReportSubject("C")),
    ]

    reading = read(reference, layouts, reports)["work_days"]

    assert (reading.value, reading.qualifier) == (20_008, Qualifier(whole))


def test_every_cell_of_the_form_is_listed(reference: ReferenceData, layouts: Layouts) -> None:
    """What nobody reported is shown as absent: it is never left out, and never 0."""
    stated = {"dvk_models_new": 5, "dvk_models_new[field=kinh_te]": 5}

    answer = read(reference, layouts, [accepted(stated, ReportSubject("A"))])

    assert {key: it.value for key, it in answer.items() if it.value is not None} == stated
    assert set(answer) == {it.key for it in layouts.require("F05", "cal.2023").form.cells}


def test_completeness_of_a_range_is_never_overstated(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """A reported both years, B one of them, C owes nothing: one of two."""
    reports = [
        accepted({"dvk_models_new": 1, "dvk_models_total": 9}, ReportSubject(unit, period=period))
        for period, unit in [
            ("cal.2022", "A"),
            ("cal.2023", "A"),
            ("cal.2023", "B"),
            ("cal.2023", "C"),
        ]
    ]

    answer = read(reference, layouts, reports)

    assert answer["dvk_models_new"].value == 4
    assert answer["dvk_models_new"].units == ReporterCount(reported_by=2, in_full=1, expected=2)
    # A stock is the picture of one year, and in that year both reported.
    assert answer["dvk_models_total"].units == ReporterCount(2, 2, 2)


NOT_ADDITIVE = [Measure.SCORE, Measure.RANK, Measure.CATEGORY, Measure.RATIO]


@pytest.mark.parametrize("measure", NOT_ADDITIVE)
def test_what_has_no_sum_is_refused(measure: Measure, reference: ReferenceData) -> None:
    """Adding up scores, ranks, categories or rates of two units is an error, never a number."""
    of_measure = [it for it in reference.catalogue.indicators.values() if it.measure is measure]

    for indicator in of_measure:
        with pytest.raises(NotAdditive):
            over_units(indicator, [Amount(8958), Amount(9023)])
        with pytest.raises(NotAdditive):
            over_units(indicator, [Amount(17981, reporting=2)])
    assert of_measure


def test_rates_of_several_periods_are_refused(reference: ReferenceData) -> None:
    """A rate over a range is again a ratio of sums."""
    rate = reference.catalogue.indicators["pib_resolution_rate"]

    with pytest.raises(NotAdditive):
        over_time(rate, {year(2022): Amount(90), year(2023): Amount(94)})
