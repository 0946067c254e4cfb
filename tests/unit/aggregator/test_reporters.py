"""``reported_by`` never exceeds ``expected``, and never flatters."""

from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reporters import FormReporters, Reporters, ReportGroup
from tests.builders.periods import year

NEW, TOTAL, F04_ONLY = "dvk_models_new", "dvk_models_total", "dialogues_held"
UNITS = "ABCDEF"


def group(units: str, *missing: int) -> ReportGroup:
    """Return units that leave out figures at these positions."""
    return ReportGroup(frozenset(units), frozenset(missing))


def test_unit_may_report_a_figure_in_either_form(layouts: Layouts) -> None:
    """A commune owes F01 and F04, both of which ask for dialogues; one of them is an answer."""
    f01, f04 = layouts.require("F01", "cal.2023"), layouts.require("F04", "cal.2023")
    owing = frozenset("ABC")
    reporters = Reporters(
        [
            FormReporters(f01, year(2023), owing, [group("A", f01.form.position[F04_ONLY])]),
            FormReporters(f04, year(2023), owing, [group("AB")]),
        ]
    )

    assert reporters.of([F04_ONLY], [year(2023)]) == (2, 2, 3)


def test_rate_is_reported_by_who_reported_both_parts(layouts: Layouts) -> None:
    """A numerator alone says nothing of the rate."""
    f05 = layouts.require("F05", "cal.2023")
    patterns = [group("A"), group("B", f05.form.position[TOTAL])]
    reporters = Reporters([FormReporters(f05, year(2023), frozenset("ABC"), patterns)])

    assert reporters.of([NEW], [year(2023)]) == (2, 2, 3)
    assert reporters.of([NEW, TOTAL], [year(2023)]) == (1, 1, 3)
    assert reporters.of([NEW, "in_no_form"], [year(2023)]) == (0, 0, 3)


def test_who_owed_in_one_year_only_answers_for_that_year(layouts: Layouts) -> None:
    """A commune that was merged away in 2022 is not blamed for 2023."""
    f05 = layouts.require("F05", "cal.2023")
    reporters = Reporters(
        [
            FormReporters(f05, year(2022), frozenset("AB"), [group("AB")]),
            FormReporters(f05, year(2023), frozenset("A"), [group("A")]),
        ]
    )

    assert reporters.of([NEW], [year(2022), year(2023)]) == (2, 2, 2)


sets = st.sets(st.sampled_from(UNITS)).map(frozenset)


@given(years=st.lists(st.tuples(sets, sets), min_size=1, max_size=3))
def test_counting_agrees_with_asking_every_unit(
    years: list[tuple[frozenset[str], frozenset[str]]], layouts: Layouts
) -> None:
    """Expected is who ever owed; of these some reported at least once, some always."""
    f05 = layouts.require("F05", "cal.2023")
    periods = [year(2020 + number) for number in range(len(years))]
    forms = [
        FormReporters(f05, period, owing, [ReportGroup(reported, frozenset())])
        for period, (owing, reported) in zip(periods, years, strict=True)
    ]

    answer = Reporters(forms).of([NEW], periods)

    expected = [unit for unit in UNITS if any(unit in owing for owing, _ in years)]
    faithful = [
        unit
        for unit in expected
        if all(unit in reported for owing, reported in years if unit in owing)
    ]
    once = [unit for unit in expected if any(unit in owing & reported for owing, reported in years)]
    assert answer == (len(once), len(faithful), len(expected))
