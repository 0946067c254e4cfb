"""Due instants of a whole country: found once for all who share one, never for those who do not."""

from dataclasses import replace
from datetime import datetime
from time import process_time

import pytest

from shared.reference.committees import Committee, Extension
from shared.reference.deadlines import Due, due
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period

LATER = datetime(2027, 1, 31, 17, tzinfo=VIETNAM)


def with_letters(reference: ReferenceData, *units: str) -> ReferenceData:
    """Return the reference data with a committee whose letter grants some units more time."""
    letter = Extension("F05", "nd09.2026-M11", frozenset(units), LATER, "Số 16-CV/BCĐ")
    committee = Committee("x", "Ban Chỉ đạo", "37.2", (), "party", (), (), extensions=(letter,))
    return replace(reference, committees=(committee,))


@pytest.mark.parametrize("backwards", [False, True])
def test_time_granted_to_one_commune_is_not_its_neighbours(
    reference: ReferenceData, *, backwards: bool
) -> None:
    """Whoever is asked about first, the answer of one must not become that of the other."""
    named, neighbour = (it.key for it in reference.directory.below("37.2")[:2])
    granted, november = with_letters(reference, named), period("nd09.2026-M11")

    asked = [neighbour, named] if backwards else [named, neighbour]
    found = {key: granted.due("F05", november, key) for key in asked}

    assert found[named] == Due(LATER, "Số 16-CV/BCĐ")
    assert found[neighbour] == reference.due("F05", november, neighbour)


@pytest.mark.parametrize("code", ["nd09.2026-M11", "cal.2023", "nd09.2025-H1"])
def test_remembered_instants_are_those_of_the_rule(reference: ReferenceData, code: str) -> None:
    """Every unit of a country with a letter for a province and one for some of its communes."""
    below = [it.key for it in reference.directory.below("37.2")]
    granted, asked = with_letters(reference, *below[:3], "01.1"), period(code)
    catalogue, directory = granted.catalogue, granted.directory
    form = catalogue.form("F05", asked)
    assert form is not None
    law = granted.committees, granted.rules, granted.calendar

    for unit in [*list(directory)[::40], *filter(None, map(directory.get, below[:5]))]:
        level = directory.get(unit.key, asked.last_day)
        assert level is not None
        areas = unit.key, *directory.path(unit.key, asked.last_day)
        assert granted.due("F05", asked, unit.key) == due(form, asked, level.level, areas, *law)


def test_a_report_asks_for_its_due_instant_in_a_few_microseconds(reference: ReferenceData) -> None:
    """Intake asks for every report, the list of late units for every commune of a country."""
    communes, november = reference.directory.below("37.2"), period("nd09.2026-M11")
    keys = [it.key for it in communes] * 50
    begin = process_time()
    found = {reference.due("F05", november, key) for key in keys}

    seconds = process_time() - begin
    print(f"due instant: {seconds / len(keys) * 1_000_000:.1f} µs")
    assert len(found) == 1
    assert seconds / len(keys) < 20e-6
