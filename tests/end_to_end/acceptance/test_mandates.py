"""A committee asks an enterprise for models, and every service follows while it runs."""

import json
from datetime import timedelta

import pytest

from shared.reference.periods import parse_period
from tests.end_to_end.acceptance.country import Country, until_equal
from tests.end_to_end.acceptance.place import COMMUNES, LAST_YEAR, VOLUNTEER
from tests.end_to_end.acceptance.writing import codes, in_seconds, letter, models

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

BEFORE, MONTH = f"cal.{LAST_YEAR}-M10", f"cal.{LAST_YEAR}-M11"
DOCUMENT = "Kế hoạch số 05-KH/BCĐ"


def test_who_is_asked_beside_the_communes_is_expected_warned_of_and_reminded(
    country: Country,
) -> None:
    """Intake, aggregator and notifier answer by one directory: none of them may lag behind."""
    before = country.accepted(VOLUNTEER, MONTH, models(9))
    until_equal(lambda: country.value("97.1", MONTH), 9, "what nobody asked for")
    assert codes(before)["unit_not_obliged"] == "warn"
    assert country.coverage("97.1", MONTH)["expected"] == len(COMMUNES)

    country.apply(mandate=_asking_enterprises())

    until_equal(lambda: country.coverage("97.1", MONTH)["expected"], 7, "the enterprise")
    until_equal(lambda: _duties(country), [("met", VOLUNTEER)], "its duty")
    after = country.accepted(VOLUNTEER, MONTH, models(8))
    until_equal(lambda: country.value("97.1", MONTH), 8, "its correction")
    assert "unit_not_obliged" not in codes(after)
    found = country.coverage("97.1", MONTH)
    assert (found["expected"], found["reported"], found["missing"]) == (7, 1, 6)
    assert country.coverage("97.1", BEFORE)["expected"] == len(COMMUNES)
    listed = country.ask("/v1/late", unit="97.1", period=BEFORE, form="F05")["units"]
    bodies = {it["reporting_body"] for it in listed if it["state"] == "missing"}
    assert bodies == {f"Đảng ủy xã cũ {it.partition('.')[0]}" for it in COMMUNES}


def _asking_enterprises() -> str:
    """Write the letter of a committee that asks enterprises, too, for one month."""
    period = parse_period(MONTH)
    assert period is not None
    document = letter("dien-bao-cao", "97.1", MONTH, in_seconds(timedelta(days=30).total_seconds()))
    mandate = {
        "form": "F05",
        "levels": ["enterprise"],
        "valid_from": period.first_day.isoformat(),
        "valid_to": period.last_day.isoformat(),
        "document": DOCUMENT,
    }
    return document[:-3] + f', "mandates": [{json.dumps(mandate, ensure_ascii=False)}]' + "}]}"


def _duties(country: Country) -> list[tuple[str, str]]:
    answer = country.ask("/v1/duties", service="notifier", unit=VOLUNTEER)
    return [(it["state"], it["unit"]) for it in answer["duties"] if it["period"] == MONTH]
