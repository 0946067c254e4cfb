"""A rate of completeness that needs no cap."""

import pytest

from tests.end_to_end.acceptance.country import Country, until_equal
from tests.end_to_end.acceptance.place import COMMUNES, LAST_YEAR, VOLUNTEER
from tests.end_to_end.acceptance.writing import codes, models

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

HALF = f"cal.{LAST_YEAR}-H1"


def test_completeness_cannot_lie(country: Country) -> None:
    """F: an empty report is none, and a report that nobody asked for is beside the rate."""
    empty = country.send(COMMUNES[0], HALF, {})
    for number, unit in enumerate(COMMUNES[1:], start=2):
        country.accepted(unit, HALF, models(number))
    volunteer = country.accepted(VOLUNTEER, HALF, models(9))
    until_equal(lambda: country.value("97.1", HALF), 2 + 3 + 4 + 5 + 6 + 9, "what was sent")

    assert (empty["status"], codes(empty)["empty_report"]) == (422, "reject")
    assert codes(volunteer)["unit_not_obliged"] == "warn"
    incomplete = country.coverage("97.1", HALF)
    assert (incomplete["expected"], incomplete["reported"], incomplete["missing"]) == (6, 5, 1)
    listed = country.ask("/v1/late", unit="97.1", period=HALF, form="F05")["units"]
    assert [it["unit"] for it in listed if it["state"] == "missing"] == [COMMUNES[0]]

    country.accepted(COMMUNES[0], HALF, models(1))
    until_equal(lambda: country.coverage("97.1", HALF)["reported"], 6, "the last report")

    found = country.coverage("97.1", HALF)
    assert (found["expected"], found["on_time"] + found["late"], found["missing"]) == (6, 6, 0)
    figure = country.figure("97.1", HALF)
    assert (figure["reported_by"], figure["expected"]) == (6, 6)
    assert VOLUNTEER not in {
        it["unit"] for it in country.ask("/v1/late", unit="97.1", period=HALF)["units"]
    }
