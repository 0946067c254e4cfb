"""One fact, one figure: a total takes what one reporter states on two forms once."""

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.aggregator.domain.amounts import Amount
from services.aggregator.domain.area_rows import AreaRows, FormPeriod, stated_figures
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.question import Question, ScopeSlice
from services.aggregator.domain.reporters import ReportGroup
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.scopes import Scope
from services.aggregator.domain.stated_figures import CellAmount, PeriodTotals
from services.aggregator.domain.totals import TotalKey, move, settle
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted, revision_of
from tests.builders.periods import year

PROVINCE = "37.1"
FORMS_OF = {
    "commune": ("F01", "F04", "F05"),
    "district": ("F05",),
    "province": ("F06", "F07"),
    "agency": ("F01", "F02", "F04"),  # as a committee may ask
    "enterprise": ("F03",),
}
PERIOD = year(2023)
LAND, WORK_DAYS, DIALOGUES = "land_donated_m2", "work_days", "dialogues_held"
F01, F04, F05 = "F01", "F04", "F05"


def stated(
    reference: ReferenceData,
    layouts: Layouts,
    reports: Mapping[tuple[str, str], Mapping[str, Value]],
    forms: Sequence[str] = ("F01", "F02", "F03", "F04", "F05", "F06", "F07"),
    qualifiers: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
) -> Mapping[str, Mapping[Period, Amount]]:
    """Return the province's amounts of a question without ``form``; reports by unit and form."""
    revisions = [
        revision_of(
            accepted(
                figures,
                ReportSubject(unit, (PROVINCE,), "xa", form, PERIOD.code),
                qualifiers=(qualifiers or {}).get((unit, form)),
            ),
            layouts,
        )
        for (unit, form), figures in reports.items()
        if form in forms
    ]
    selected = {PERIOD: [layouts.require(form, PERIOD.code) for form in forms]}
    scope = Scope(areas=(PROVINCE,), provinces=(PROVINCE,), continued=PROVINCE)
    rows = AreaRows(ScopeSlice(scope, selected))
    for layout in selected[PERIOD]:
        of_form = [it for it in revisions if it.slot.form == layout.form.code]
        key = TotalKey(layout.form.code, PERIOD.code, PROVINCE, "xa")
        moves = {key: [move(it.slot, it.counted, 1, layout) for it in of_form]}
        rows.totals.append(PeriodTotals(layout, PERIOD, settle({}, moves, layouts)[key]))
        rows.reports[FormPeriod(layout.form.code, PERIOD.code)] = [_group(it) for it in of_form]
    by_slot = {(it.slot.unit, it.slot.form): it for it in revisions}
    for units, form, _, position in rows.repetitions(reference.directory):
        cell = layouts.require(form, PERIOD.code).form.cells[position]
        for unit in units:
            counted = by_slot[unit, form].counted
            assert counted.figures is not None
            figure = counted.figures[position]
            assert figure is not None
            flags = int(position in counted.at_least), int(position in counted.about)
            rows.repeated.append(CellAmount(cell, PERIOD, -Amount(figure, 1, *flags)))
    return stated_figures(Question(reference, PROVINCE, selected), [rows]).stated


def _group(revision: Revision) -> ReportGroup:
    figures = revision.counted.figures or ()
    missing = (position for position, it in enumerate(figures) if it is None)
    return ReportGroup(frozenset({revision.slot.unit}), frozenset(missing))


@pytest.fixture(scope="session")
def communes(reference: ReferenceData) -> Sequence[str]:
    """Return the communes of the province."""
    units = reference.directory.below(PROVINCE, PERIOD.last_day)
    return [it.key for it in units if it.level == "commune"][:3]


def test_a_communes_figure_of_two_forms_is_counted_once(
    reference: ReferenceData, layouts: Layouts, communes: Sequence[str]
) -> None:
    """1.250,5 m² on F01 and F05 became 2.501, and one dialogue two."""
    unit = communes[0]
    reports: dict[tuple[str, str], dict[str, Value]] = {
        (unit, F01): {LAND: "1250.50", WORK_DAYS: 320, DIALOGUES: 1},
        (unit, F04): {DIALOGUES: 1},
        (unit, F05): {LAND: "1250.50", WORK_DAYS: 320},
    }

    amounts = stated(reference, layouts, reports)

    assert amounts[LAND][PERIOD] == Amount(125050, 1)
    assert amounts[WORK_DAYS][PERIOD] == Amount(320, 1)
    assert amounts[DIALOGUES][PERIOD] == Amount(1, 1)


def test_the_other_form_counts_where_the_home_form_does_not_state_it(
    reference: ReferenceData, layouts: Layouts, communes: Sequence[str]
) -> None:
    """Absent is never 0: null on F01, or no F01 at all, leaves what F05 states; 0 is a figure."""
    first, second, third = communes
    reports: dict[tuple[str, str], dict[str, Value]] = {
        (first, F01): {WORK_DAYS: None, DIALOGUES: 1},
        (first, F05): {WORK_DAYS: 7},
        (second, F05): {WORK_DAYS: 20},
        (third, F01): {WORK_DAYS: 0},
        (third, F05): {WORK_DAYS: 500},
    }

    assert stated(reference, layouts, reports)[WORK_DAYS][PERIOD] == Amount(27, 3)


def test_the_doubt_of_a_figure_that_does_not_count_is_taken_off_with_it(
    reference: ReferenceData, layouts: Layouts, communes: Sequence[str]
) -> None:
    """F01 states 320; that F05 states "hơn 300" leaves no doubt in the total."""
    unit = communes[0]
    reports: dict[tuple[str, str], dict[str, Value]] = {
        (unit, F01): {WORK_DAYS: 320},
        (unit, F05): {WORK_DAYS: 300},
    }
    doubt = {(unit, F05): {WORK_DAYS: "at_least"}}

    amounts = stated(reference, layouts, reports, qualifiers=doubt)

    assert amounts[WORK_DAYS][PERIOD] == Amount(320, 1)


def test_figures_of_different_reporters_are_added(
    reference: ReferenceData, layouts: Layouts, communes: Sequence[str]
) -> None:
    """A district reports F05 beside its communes' F01: these are two reporters."""
    reports: dict[tuple[str, str], dict[str, Value]] = {
        (communes[0], F01): {WORK_DAYS: 320},
        ("D373.1", F05): {WORK_DAYS: 30},
    }

    assert stated(reference, layouts, reports)[WORK_DAYS][PERIOD] == Amount(350, 2)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_no_total_counts_a_reporters_figure_twice(
    seed: int, reference: ReferenceData, layouts: Layouts, communes: Sequence[str]
) -> None:
    """Random reports over all forms: every total of a cell has one figure per reporter."""
    rng = random.Random(seed)
    units = [(f"{level.upper()}.{number}", level) for level in FORMS_OF for number in (1, 2)]
    units += [(unit, "commune") for unit in communes]
    reports = {
        (unit, form): figures
        for unit, level in units
        for form in FORMS_OF[level]
        if (figures := _random_figures(rng, layouts.require(form, PERIOD.code)))
        and rng.random() < 0.7
    }

    amounts = stated(reference, layouts, reports)

    for code, indicator in reference.catalogue.indicators.items():
        if not indicator.additive or indicator.scale:
            continue
        of_reporter: dict[str, int] = {}
        for form in indicator.forms_in_order("commune"):
            for (unit, of_form), stated_there in reports.items():
                value = stated_there.get(code) if of_form == form else None
                if isinstance(value, int):
                    of_reporter.setdefault(unit, value)
        expected = {PERIOD: Amount(sum(of_reporter.values()), len(of_reporter))}
        assert amounts.get(code, {}) == (expected if of_reporter else {}), code


def _random_figures(rng: random.Random, layout: Layout) -> Mapping[str, Value]:
    return {
        key: rng.choice([None, rng.randint(0, 9)])
        for key, it in zip(layout.keys, layout.indicators, strict=True)
        if it.additive and not it.scale
    }
