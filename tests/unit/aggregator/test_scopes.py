"""The reports that make up a unit, and the figures that are withheld."""

from datetime import date

import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reporters import ReportGroup
from services.aggregator.domain.scopes import (
    Scope,
    ancestry,
    as_reported,
    current,
    owing,
)
from services.aggregator.domain.withholding import Withheld, withheld_cells, withholding
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period

TODAY = date(2026, 1, 1)
SEPARABLE, ADDITIVE = Withheld.NOT_SEPARABLE, Withheld.NOT_ADDITIVE


def some_commune(reference: ReferenceData, province: str) -> str:
    """Return a commune of before the reform."""
    units = reference.directory.below(province, date(2023, 1, 1))
    return next(it.key for it in units if it.level == "commune")


def test_area_has_a_total_and_a_commune_its_own_report(reference: ReferenceData) -> None:
    """An area has units below it that report; a commune is counted by its own report."""
    commune = some_commune(reference, "80.1")

    area = as_reported(reference.directory, "80.1", period("cal.2023"))
    alone = as_reported(reference.directory, commune, period("cal.2023"))

    assert area == Scope(areas=("80.1",), provinces=("80.1",), continued="80.1")
    assert alone == Scope(units=(commune,), provinces=("80.1",), continued=commune)


def test_province_that_the_directory_has_lost_still_has_its_total(reference: ReferenceData) -> None:
    """What was counted for it is announced until somebody looks into it."""
    lost = as_reported(reference.directory, "99.9", period("cal.2023"))

    assert (lost.areas, lost.provinces) == (("99.9",), ("99.9",))


def test_todays_tay_ninh_is_made_of_two(reference: ReferenceData) -> None:
    """Before the reform two provinces, after it itself; its scores only its own."""
    before, after = (
        current(reference.directory, reference.lineage, "80.2", period(it), TODAY)
        for it in ("cal.2023", "cal.2025-Q3")
    )

    assert (before.made_of, before.continued) == (("72.1", "80.1"), None)
    assert (after.made_of, after.continued) == (("80.2",), "80.2")
    assert ancestry(reference.lineage, "80.2") == {"72.1", "80.1", "80.2"}


def test_who_owes_is_who_owed_then(reference: ReferenceData, layouts: Layouts) -> None:
    """Today's province of 2023 has the debtors of its predecessors, not its own communes."""
    year = period("cal.2023")
    form = layouts.require("F05", year.code).form
    scope = current(reference.directory, reference.lineage, "80.2", year, TODAY)

    units = owing(reference.directory, form, year, scope)

    apart = [
        owing(reference.directory, form, year, as_reported(reference.directory, it, year))
        for it in scope.made_of
    ]
    assert units == apart[0] | apart[1]
    assert len(units) == len(apart[0]) + len(apart[1]) > 0


def test_divided_unit_withholds_all_that_it_owed(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """Also figures that it has not reported yet: the sum of the others would look complete."""
    year, commune = period("cal.2023"), some_commune(reference, "80.1")
    f05, f07 = (layouts.require(it, year.code) for it in ("F05", "F07"))
    scope = Scope(areas=("72.1",), continued="72.1", not_separable=(commune,))

    owed = withheld_cells(f05, year, scope, reference.directory, [])
    not_owed = withheld_cells(f07, year, scope, reference.directory, [])
    stated = ReportGroup(frozenset({commune}), frozenset(range(1, f07.width)))
    volunteered = withheld_cells(f07, year, scope, reference.directory, [stated])

    assert owed == dict.fromkeys(f05.keys, SEPARABLE)
    assert not_owed == {}
    assert volunteered == {f07.keys[0]: SEPARABLE}


def test_score_is_withheld_where_the_unit_is_not_one(
    reference: ReferenceData, layouts: Layouts
) -> None:
    """What several provinces had has no sum; flows of the same form are not touched."""
    year = period("cal.2023")
    f07 = layouts.require("F07", year.code)

    withheld = withheld_cells(f07, year, Scope(areas=("72.1", "80.1")), reference.directory, [])

    assert withheld
    assert set(withheld) == {f07.keys[position] for position in f07.looked_up}
    assert set(withheld.values()) == {ADDITIVE}


@pytest.mark.parametrize(
    ("indicator", "stated", "withheld", "why"),
    [
        ("dvk_models_new", [2023, 2024], [2022], SEPARABLE),
        ("dvk_models_total", [2023, 2024], [2023], None),
        ("dvk_models_total", [2023], [2024], SEPARABLE),
        ("dvk_models_total", [2024], [2024], SEPARABLE),
        ("dvk_models_opening", [2023, 2024], [2024], None),
        ("dvk_models_opening", [2024], [2023], SEPARABLE),
        ("dvk_models_total", [], [2023], SEPARABLE),
        ("dvk_models_total", [2023], [], None),
    ],
)
def test_the_period_that_decides_is_the_one_that_counts(
    indicator: str,
    stated: list[int],
    withheld: list[int],
    why: Withheld | None,
    reference: ReferenceData,
) -> None:
    """A sum needs every period, a stock the last one or the first one."""
    by_period = {period(f"cal.{it}"): SEPARABLE for it in withheld}

    assert (
        withholding(
            reference.catalogue.indicators[indicator],
            [period(f"cal.{it}") for it in stated],
            by_period,
        )
        is why
    )
