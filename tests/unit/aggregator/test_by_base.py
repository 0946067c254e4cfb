"""Results by type of base: communes, workplaces, enterprises; the parts make up the whole."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.aggregator.domain.amounts import Amount
from services.aggregator.domain.area_rows import (
    AreaRows,
    FormPeriod,
    bases,
    reporters,
    stated_figures,
)
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.question import Question, ScopeSlice
from services.aggregator.domain.reporters import ReportGroup
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.scopes import Scope
from services.aggregator.domain.stated_figures import CellAmount, PeriodTotals
from services.aggregator.domain.totals import TotalKey, move, settle
from shared.reference.directory import Directory, Unit
from shared.reference.levels import BASES, TYPES, base_of
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted, revision_of
from tests.builders.periods import year

PROVINCE, PERIOD = "37.1", year(2023)
ADDED = ("co_quan", "don_vi_su_nghiep", "dn_nha_nuoc", "dn_khac", "mttq", "dang_uy_khoi")
FORMS = ("F01", "F02", "F03", "F04", "F05", "F06")


@pytest.fixture(scope="session")
def everybody(reference: ReferenceData) -> ReferenceData:
    """Return our facts with two units of each type beside the communes of a province."""
    levels = {unit_type: level for level, types in TYPES.items() for unit_type in types}
    commune = next(
        it for it in reference.directory.below(PROVINCE, PERIOD.last_day) if it.level == "commune"
    )
    added = [
        replace(
            commune,
            key=f"{unit_type.upper()}.{number}",
            official_code=f"{unit_type}{number}",
            level=levels[unit_type],
            type=unit_type,
            parent=PROVINCE,
        )
        for unit_type in ADDED
        for number in (1, 2)
    ]
    units = [state for it in reference.directory for state in reference.directory.states(it.key)]
    return replace(reference, directory=Directory([*units, *added]))


def rows_of(
    reference: ReferenceData,
    layouts: Layouts,
    reports: Mapping[tuple[Unit, str], Mapping[str, Value]],
) -> tuple[Question, AreaRows]:
    """Return the rows of a question about the province, as the ledger keeps them."""
    selected = {PERIOD: [layouts.require(form, PERIOD.code) for form in FORMS]}
    scope = Scope(areas=(PROVINCE,), provinces=(PROVINCE,), continued=PROVINCE)
    rows = AreaRows(ScopeSlice(scope, selected))
    revisions = [
        (unit.type, revision_of(accepted(figures, subject(unit, form)), layouts))
        for (unit, form), figures in reports.items()
    ]
    for layout in selected[PERIOD]:
        of_form = [(t, it) for t, it in revisions if it.slot.form == layout.form.code]
        for unit_type in sorted({unit_type for unit_type, _ in of_form}):
            key = TotalKey(layout.form.code, PERIOD.code, PROVINCE, unit_type)
            moves = {
                key: [move(it.slot, it.counted, 1, layout) for t, it in of_form if t == unit_type]
            }
            totals = settle({}, moves, layouts)[key]
            rows.totals.append(PeriodTotals(layout, PERIOD, totals, unit_type=unit_type))
        groups = [_group(it) for _, it in of_form]
        rows.reports[FormPeriod(layout.form.code, PERIOD.code)] = groups
    by_slot = {(it.slot.unit, it.slot.form): (unit_type, it) for unit_type, it in revisions}
    for units, form, _, position in rows.repetitions(reference.directory):
        cell = layouts.require(form, PERIOD.code).form.cells[position]
        for unit in sorted(units):
            unit_type, revision = by_slot[unit, form]
            figure = (revision.counted.figures or ())[position]
            assert figure is not None
            rows.repeated.append(CellAmount(cell, PERIOD, -Amount(figure), unit_type))
    return Question(reference, PROVINCE, selected), rows


def subject(unit: Unit, form: str) -> ReportSubject:
    """Return the place of a report."""
    return ReportSubject(unit.key, (PROVINCE,), unit.type, form, PERIOD.code)


def _group(revision: Revision) -> ReportGroup:
    figures = revision.counted.figures or ()
    missing = (position for position, it in enumerate(figures) if it is None)
    return ReportGroup(frozenset({revision.slot.unit}), frozenset(missing))


def random_reports(
    rng: random.Random, reference: ReferenceData, layouts: Layouts
) -> Mapping[tuple[Unit, str], Mapping[str, Value]]:
    """Return reports of any unit by any form, owed or not."""
    below = reference.directory.below(PROVINCE, PERIOD.last_day)
    units = [*rng.sample(below, 6), *(it for it in below if it.type in ADDED)]
    return {
        (unit, form): figures
        for unit in units
        for form in FORMS
        if rng.random() < 0.4
        and (figures := _random_figures(rng, layouts.require(form, PERIOD.code)))
    }


def _random_figures(rng: random.Random, layout: Layout) -> Mapping[str, Value]:
    return {
        key: rng.choice([None, rng.randint(0, 9)])
        for key, it in zip(layout.keys, layout.indicators, strict=True)
        if it.additive and not it.scale
    }


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_the_parts_sum_to_the_whole(seed: int, everybody: ReferenceData, layouts: Layouts) -> None:
    """In every cell that adds up: the values, who reported and who owed, over all forms at once."""
    reports = random_reports(random.Random(seed), everybody, layouts)
    question, rows = rows_of(everybody, layouts, reports)

    found = bases(question, [rows])
    parts = [rows.of_base(it, everybody.directory) for it in found]

    whole = stated_figures(question, [rows]).stated
    of_parts = [stated_figures(question, [it]).stated for it in parts]
    for cell, by_period in whole.items():
        stating = [amount for it in of_parts if (amount := it.get(cell, {}).get(PERIOD))]
        assert sum(it.value for it in stating) == by_period[PERIOD].value, cell
        assert sum(it.reporting for it in stating) == by_period[PERIOD].reporting, cell
    counts = reporters(question, [rows])
    counts_of_parts = [reporters(question, [it]) for it in parts]
    for cell in {key for layout in question.layouts for key in layout.keys}:
        sums = [
            sum(n) for n in zip(*(it.of([cell], [PERIOD]) for it in counts_of_parts), strict=True)
        ]
        assert tuple(sums) == counts.of([cell], [PERIOD]), cell


def test_a_part_is_of_its_reporters_alone(everybody: ReferenceData, layouts: Layouts) -> None:
    """An inspection board of an agency is not one of a commune: each form, each base."""
    directory = everybody.directory
    units = {it.type: it for it in directory.below(PROVINCE, PERIOD.last_day)}
    reports: Mapping[tuple[Unit, str], Mapping[str, Value]] = {
        (units["xa"], "F04"): {"pib_boards": 1},
        (units["phuong"], "F04"): {"pib_boards": 1},
        (units["co_quan"], "F02"): {"pib_boards": 1},
        (units["don_vi_su_nghiep"], "F02"): {"pib_boards": 1},
        (units["dn_khac"], "F03"): {"pib_boards": 4},
    }
    question, rows = rows_of(everybody, layouts, reports)

    stated: dict[str, Sequence[int]] = {}
    for base in bases(question, [rows]):
        part = rows.of_base(base, directory)
        amount = stated_figures(question, [part]).stated.get("pib_boards", {}).get(PERIOD)
        count = reporters(question, [part]).of(["pib_boards"], [PERIOD])
        stated[base] = (amount.value if amount else 0, count.reported_by, count.expected)

    assert stated == {
        "commune": (2, 2, 143),
        "workplace": (2, 2, 4),
        "state_enterprise": (0, 0, 2),
        # Who may report and owes nothing is in the total and in no coverage.
        "other_enterprise": (4, 0, 0),
        "organisation": (0, 0, 2),
        "above": (0, 0, 0),
    }


def test_every_type_of_unit_is_of_one_base() -> None:
    """No report is in two parts or in none."""
    types = [unit_type for its in BASES.values() for unit_type in its]

    assert sorted(types) == sorted(frozenset().union(*TYPES.values()))
    assert {base_of(it) for it in types} == set(BASES)
