"""The notifier says what it cannot work by, before anybody puts it in force."""

from dataclasses import replace

import pytest

from services.notifier.domain.duty_rules import duty_rules, problems_of
from shared.reference.committees import Committee, Demand
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from tests.builders.notifier import COMMITTEE, CONTACT, PERIOD

BEYOND_THE_CALENDAR = "nd09.2099-M11"


def test_reference_data_that_ship_have_no_problem(reference: ReferenceData) -> None:
    """A first start must not be refused."""
    assert list(problems_of(reference)) == []


def test_every_problem_is_named_at_once(reference: ReferenceData) -> None:
    """An operator mends a file in one go, not one line after the other."""
    demands = (
        Demand("F99", PERIOD, None, "CV 1"),
        Demand("F05", BEYOND_THE_CALENDAR, None, "CV 2"),
    )
    wrong = replace(COMMITTEE, demands=demands)

    problems = list(problems_of(replace(reference, committees=(wrong, COMMITTEE))))

    assert [(it.file, it.where) for it in problems] == [
        ("committees", "committee ninh_binh"),
        ("calendar", "committee ninh_binh"),
    ]
    words = "F99", "2099"
    assert all(word in str(it) for word, it in zip(words, problems, strict=True))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(COMMITTEE, demands=(Demand("F99", PERIOD, None, "CV 1"),)),
        replace(COMMITTEE, demands=(Demand("F05", BEYOND_THE_CALENDAR, None, "CV 2"),)),
    ],
    ids=["form", "calendar"],
)
def test_what_has_a_problem_is_refused(reference: ReferenceData, wrong: Committee) -> None:
    """The same demands hold at a start and for a revision that comes into force."""
    refused = replace(reference, committees=(wrong,))

    with pytest.raises(FactError) as caught:
        duty_rules(refused, ["email"])

    assert str(caught.value) == str(next(iter(problems_of(refused))))


def test_address_that_no_message_can_carry_refuses_nothing(reference: ReferenceData) -> None:
    """Intake and aggregator follow that revision; its notices fail, and an operator is told."""
    wrong = replace(COMMITTEE, contacts=(replace(CONTACT, email="bcd@ninh binh.vn"),))

    assert list(problems_of(replace(reference, committees=(wrong,)))) == []
    assert duty_rules(replace(reference, committees=(wrong,)), ["email"]).openings
