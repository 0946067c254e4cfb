"""Mergers and divisions, published while the services run, change no total of the past."""

import json
from datetime import date

import pytest

from tests.end_to_end.acceptance.country import Country, until_equal
from tests.end_to_end.acceptance.place import COMMUNES, LAST_YEAR
from tests.end_to_end.acceptance.writing import models

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

MERGED_ON, SPLIT_ON = date(LAST_YEAR, 7, 1), date(LAST_YEAR, 10, 1)
HAD = {"98001.1": 10, "98002.1": 20, "98003.1": 5}
MERGED, DIVIDED = "98009.2", tuple(f"9800{n}.2" for n in (1, 2, 3))
YEAR_BEFORE, HALF, QUARTER = f"cal.{LAST_YEAR - 1}", f"cal.{LAST_YEAR}-H1", f"cal.{LAST_YEAR}-Q3"
PAST = (YEAR_BEFORE, HALF)


def _opening(key: str) -> dict[str, str]:
    code = key.partition(".")[0]
    of_commune = {"official_code": code, "level": "commune", "type": "xa", "parent": "98.1"}
    return {"key": key, "name": f"Xã mới {code}", **of_commune}


def _decision(document: str, effective_on: date, **acts: object) -> str:
    its = {"decision": document, "effective_on": str(effective_on), **acts}
    return json.dumps({"decisions": [its]}, ensure_ascii=False)


def _merger() -> str:
    merge = [{"from": list(HAD), "into": MERGED}]
    return _decision("Nghị quyết gộp", MERGED_ON, open=[_opening(MERGED)], merge=merge)


def _division() -> str:
    split = [{"from": MERGED, "into": list(DIVIDED)}]
    return _decision("Nghị quyết chia", SPLIT_ON, open=[*map(_opening, DIVIDED)], split=split)


def _totals_of_province(country: Country) -> list[object]:
    return [country.value("98.1", it, view) for it in PAST for view in ("as_reported", "current")]


def test_merger_and_division_leave_every_total_and_its_coverage_alone(country: Country) -> None:
    """
    B: 10 + 20 + 5 stay 35 through a merger, and through the division that undoes it.

    DHIS2 keeps the value that was updated last, and answers 10.
    """
    for period in PAST:
        for unit, total in HAD.items():
            country.accepted(unit, period, models(total))
    until_equal(lambda: _totals_of_province(country), [35] * 4, "before any reform")
    before = [country.coverage("98.1", it) for it in PAST]
    assert [(it["expected"], it["reported"]) for it in before] == [(3, 3), (3, 3)]

    country.apply(merger=_merger())
    until_equal(lambda: country.asked(f"/v1/units/{MERGED}")["status"], 200, "the new commune")

    assert _totals_of_province(country) == [35] * 4
    assert [country.coverage("98.1", it) for it in PAST] == before
    assert country.coverage("98.1", QUARTER)["expected"] == 1
    for period in PAST:
        today_s = country.figure(MERGED, period, "current")
        assert (today_s["value"], today_s["made_of"]) == (35, sorted(HAD))
        assert (today_s["reported_by"], today_s["expected"]) == (3, 3)
        assert country.value(MERGED, period) is None

    country.apply(division=_division())
    until_equal(lambda: country.asked(f"/v1/units/{DIVIDED[0]}")["status"], 200, "its parts")

    assert _totals_of_province(country) == [35] * 4
    assert [country.coverage("98.1", it) for it in PAST] == before
    assert country.coverage("98.1", QUARTER)["expected"] == 1
    for part in DIVIDED:
        found = country.figure(part, YEAR_BEFORE, "current")
        assert (found["value"], found["withheld"]) == (None, "not_separable")
        assert [it["key"] for it in found["answer"]["not_separable"]] == sorted(HAD)
    ended = country.asked("/v1/totals", unit=MERGED, period=HALF, view="current")
    assert (ended["status"], ended["type"].rpartition(":")[2]) == (409, "unit_ended")

    # Who is no more has answers still to give: its past is mended in its own report.
    country.accepted("98001.1", HALF, models(11))
    until_equal(lambda: country.value("98.1", HALF), 36, "the correction of a closed commune")
    assert country.value("98.1", HALF, "current") == 36


def test_renamed_unit_corrects_its_past_under_the_name_of_then(country: Country) -> None:
    """A new name holds from its day on; what was reported before is still that unit's."""
    first, quarter = COMMUNES[0], f"cal.{LAST_YEAR - 1}-Q1"
    country.accepted(first, quarter, models(3))
    until_equal(lambda: country.value("97.1", quarter), 3, "the report")

    rename = [{"unit": first, "name": "Xã đổi tên"}]
    country.apply(renamed=_decision("Nghị quyết đổi tên", MERGED_ON, rename=rename))
    until_equal(
        lambda: country.ask(f"/v1/units/{first}")["unit"]["name"], "Xã đổi tên", "the new name"
    )
    country.accepted(first, quarter, models(4))

    until_equal(lambda: country.value("97.1", quarter), 4, "the correction")
    assert country.value("97.1", quarter, "current") == 4
    then = country.ask("/v1/totals", unit=first, period=quarter)["unit"]
    assert (then["key"], then["name"]) == (first, "Xã cũ 97001")
