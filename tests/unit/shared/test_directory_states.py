"""One unit with several states: renamed, moved, retyped; codes that mean one thing at a time."""

from dataclasses import replace
from datetime import date

import pytest

from shared.reference.directory import Directory, Unit
from shared.reference.errors import FactError
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData
from tests.builders.reforms import unit

LAST, TURN = date(2026, 2, 28), date(2026, 3, 1)


def turned(before: Unit, after: Unit) -> list[Unit]:
    """Return the two states of a unit that becomes another on 1/3/2026."""
    return [replace(before, valid_to=LAST), replace(after, valid_from=TURN)]


@pytest.fixture
def directory() -> Directory:
    """Return two provinces, a district that moves between them, and who is in it."""
    commune = unit("C", "commune", "D")
    return Directory(
        [
            unit("P", "province", None),
            unit("Q", "province", None),
            *turned(unit("D", "district", "P"), unit("D", "district", "Q")),
            *turned(commune, replace(commune, name="Phường C", type="phuong")),
            unit("B", "commune", "P"),
            Unit("A", "A", "agency", "co_quan", "Sở", "C", date(2026, 1, 1), None),
        ]
    )


def test_a_look_up_on_a_day_answers_as_of_that_day(directory: Directory) -> None:
    """A letter about February names the commune as it was called in February."""
    assert [directory.get("C", day) for day in (LAST, TURN)] == list(directory.states("C"))
    assert directory.get("C") == directory.states("C")[1]
    assert directory.get("X", TURN) is None
    assert directory.states("X") == ()


def test_on_a_day_before_a_unit_its_first_state_answers() -> None:
    """A name is asked for wherever a key is shown, also where the unit was not yet there."""
    begun = replace(unit("P", "province", None), valid_from=TURN)

    assert Directory([begun]).get("P", LAST) == begun


def test_a_unit_is_counted_once_and_listed_in_its_newest_state(directory: Directory) -> None:
    """Two states are not two communes."""
    assert len(directory) == 6
    assert {it.key: it.type for it in directory}["C"] == "phuong"


def test_whatever_moves_takes_along_what_is_below(directory: Directory) -> None:
    """The agency itself never changed, and counts in another province from March on."""
    assert directory.path("A", LAST) == ("C", "D", "P")
    assert directory.path("A", TURN) == ("C", "D", "Q") == directory.path("A")
    assert directory.path("A", date(1990, 1, 1)) == ("C", "D", "P")
    assert directory.path("D", LAST) == ("D", "P")
    assert directory.province("C", LAST) == "P"
    assert directory.province("C") == "Q"


def test_below_on_a_day_are_those_of_that_day(directory: Directory) -> None:
    """The agency opened in January; without a day, past and present stand together."""
    assert [it.key for it in directory.below("P", date(2025, 12, 31))] == ["B", "C", "D"]
    assert [it.key for it in directory.below("P", LAST)] == ["A", "B", "C", "D"]
    assert [it.key for it in directory.below("P", TURN)] == ["B"]
    assert [it.key for it in directory.below("Q")] == ["A", "C", "D"]
    assert [it.name for it in directory.below("C", TURN)] == ["Sở"]


def test_a_unit_owes_in_the_area_where_it_was_on_the_last_day(
    directory: Directory, reference: ReferenceData
) -> None:
    """February is asked of P and March of Q, for the same district."""
    february, march = parse_period("cal.2026-M02"), parse_period("cal.2026-M03")
    assert february is not None
    assert march is not None
    form = reference.catalogue.form("F05", march)
    assert form is not None

    assert [it.key for it in directory.owing(form, february, "P")] == ["B", "C", "D"]
    assert [it.key for it in directory.owing(form, march, "P")] == ["B"]
    assert [it.name for it in directory.owing(form, march, "C")] == ["Phường C"]
    assert directory.owes("C", form, february)
    assert directory.owes("C", form, march)


def test_a_code_means_a_unit_only_on_a_day() -> None:
    """The same code names another province after the reform, and nothing in between."""
    old = replace(unit("80.1", "province", None), official_code="80", valid_to=date(2025, 6, 30))
    new = replace(unit("80.2", "province", None), official_code="80", valid_from=date(2025, 8, 1))
    directory = Directory([new, old])

    assert directory.find("80", "province", date(2025, 6, 30)) == old
    assert directory.find("80", "province", date(2025, 7, 1)) is None
    assert directory.find("80", "province", date(2025, 8, 1)) == new
    assert directory.find("80", "commune", date(2025, 8, 1)) is None


@pytest.mark.parametrize(
    ("units", "message"),
    [
        pytest.param(
            [unit("P", "province", None), replace(unit("P", "province", None), name="Q")],
            "unit P: is there twice at the same time",
            id="overlap",
        ),
        pytest.param(
            [
                replace(unit("P", "province", None), valid_to=date(2025, 6, 30)),
                replace(unit("P", "province", None), valid_from=date(2025, 7, 2)),
            ],
            "unit P: does not exist from 2025-07-01 until 2025-07-02",
            id="gap",
        ),
        pytest.param(
            turned(unit("P", "province", None), unit("P", "district", None)),
            "unit P: is province and becomes district",
            id="level",
        ),
        pytest.param(
            [unit("P", "province", None), replace(unit("Q", "province", None), official_code="P")],
            "unit Q: has the code P while P has it",
            id="code",
        ),
        pytest.param(
            [replace(unit("P", "province", None), valid_to=LAST), unit("C", "commune", "P")],
            "unit C: lives on below P, which ends on 2026-02-28",
            id="outlives",
        ),
        pytest.param(
            [
                replace(unit("P", "province", None), valid_from=TURN),
                replace(unit("C", "commune", "P"), valid_from=LAST),
            ],
            "unit C: lies below P before that begins on 2026-03-01",
            id="precedes",
        ),
    ],
)
def test_states_that_contradict_are_refused(units: list[Unit], message: str) -> None:
    """Of two answers for one day a service would give now this one and now that one."""
    with pytest.raises(FactError, match=message):
        Directory(units)
