"""A committee publishes windows of its own, asks for one, and is told who has not reported."""

import json

import pytest

from tests.end_to_end.acceptance.country import Country, until_equal, until_passed
from tests.end_to_end.acceptance.place import COMMUNES, GRACE_SECONDS, LAST_YEAR, OWN_WINDOWS
from tests.end_to_end.acceptance.writing import codes, in_seconds, letter, models

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

AREA = "99.1"
LABEL = f"giai đoạn {LAST_YEAR - 2}–{LAST_YEAR}"
STAGE = f"mauba.{LAST_YEAR - 2}0101-{LAST_YEAR}1212"
YEARS = tuple(f"mauba.{year - 1}1116-{year}1115" for year in (LAST_YEAR - 1, LAST_YEAR))


def _regime() -> str:
    rule = {"code": "mauba.3wd", "working_days_after_close": 3, "hour": "17:00"}
    regime = {
        "code": "mauba",
        "label_vi": "Chế độ báo cáo của Ban Chỉ đạo tỉnh Mẫu Ba",
        "area": AREA,
        "rules": [{**rule, "source": "Quy chế mẫu", "state": "custom"}],
        "yearly": [{"first": "11-16", "last": "11-15", "label": "năm báo cáo {year}"}],
        "stages": [
            {"first": f"{LAST_YEAR - 2}-01-01", "last": f"{LAST_YEAR}-12-12", "label": LABEL}
        ],
    }
    return json.dumps({"regimes": [regime]}, ensure_ascii=False)


def test_a_committees_own_windows_from_the_directory_to_the_totals(country: Country) -> None:
    """
    A stage and yearly windows: listed, owed where a letter asks, totalled, never beyond the area.

    What is reported for a stage is in no calendar year, and no year in a stage.
    """
    unknown = country.send(OWN_WINDOWS[0], STAGE, models(1))
    assert codes(unknown)["unknown_period"] == "reject"
    country.apply(regime=_regime())
    until_equal(
        lambda: _listed(country) >= {STAGE, *YEARS},
        True,
        "the windows in the directory",
    )
    country.until_judged(OWN_WINDOWS[0], STAGE, lambda it: "unit_not_obliged" in codes(it))
    outside = codes(country.send(COMMUNES[0], STAGE, models(1)))
    assert outside["unit_outside_regime"] == "reject"

    due_at = in_seconds(GRACE_SECONDS)
    country.apply(letter=letter("mau-ba", AREA, STAGE, due_at))
    country.until_judged(OWN_WINDOWS[0], STAGE, lambda it: "unit_not_obliged" not in codes(it))
    for unit, total in zip(OWN_WINDOWS[:2], (10, 20), strict=True):
        assert country.accepted(unit, STAGE, models(total))["on_time"]
    for unit in OWN_WINDOWS:
        for period, total in zip(YEARS, (3, 4), strict=True):
            country.accepted(unit, period, models(total))

    until_equal(lambda: country.value(AREA, STAGE), 30, "the stage")
    until_equal(lambda: [country.value(AREA, it) for it in YEARS], [9, 12], "the years")
    assert country.value(AREA, f"cal.{LAST_YEAR}") is None
    ranged = {"unit": AREA, "form": "F05", "from": YEARS[0], "to": YEARS[1]}
    assert country.ask("/v1/totals", **ranged)["to"] == YEARS[1]
    mixed = country.asked("/v1/totals", unit=AREA, from_=YEARS[0], to=STAGE)
    assert (mixed["status"], mixed["type"].rpartition(":")[2]) == (400, "bad_range_of_windows")
    until_passed(due_at)

    found = country.coverage(AREA, STAGE)
    assert found == {"expected": 3, "reported": 2, "on_time": 2, "late": 0, "missing": 1}
    assert country.coverage(AREA, YEARS[1])["expected"] == 0
    late = country.ask("/v1/late", unit=AREA, period=STAGE, form="F05")["units"]
    assert [(it["unit"], it["state"]) for it in late] == [(OWN_WINDOWS[2], "missing")]
    until_equal(lambda: _overdue(country), [OWN_WINDOWS[2]], "the duty that nobody met")
    assert country.coverage("97.1", STAGE)["expected"] == 0


def _listed(country: Country) -> set[str]:
    return {it["period"] for it in country.ask("/v1/periods", unit=AREA)["periods"]}


def _overdue(country: Country) -> list[str]:
    duties = country.ask("/v1/duties", "notifier", period=STAGE, form="F05")["duties"]
    return [it["unit"] for it in duties if it["state"] == "overdue"]
