"""Who was on time stays on time: after a correction, a signature, and a change of the rules."""

import json
from datetime import date, datetime, timedelta

import pytest

from shared.contracts.topics import REPORTS, TOTALS
from shared.reference.periods import latest_closed
from tests.end_to_end.acceptance.country import Country, until, until_equal, until_passed
from tests.end_to_end.acceptance.place import COMMUNES, GRACE_SECONDS, LAST_YEAR
from tests.end_to_end.acceptance.writing import (
    TOTAL,
    Answer,
    in_seconds,
    instant,
    letter,
    models,
    today,
)

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]


def test_correction_after_the_deadline_keeps_a_report_on_time_and_what_was_signed(
    country: Country,
) -> None:
    """
    D: first received and last corrected are two facts; a signed total stays what it was.

    H: one deadline, and a second decides, over HTTP and over Kafka: before it on time, then late.
    """
    period = latest_closed("cal", "month", today()).code
    due_at = in_seconds(GRACE_SECONDS)
    country.apply(letter=letter("han-chot", "97.1", period, due_at))
    country.until_judged(COMMUNES[5], period, lambda it: instant(it["due_at"]) == due_at)
    early = [
        country.accepted(unit, period, models(n))
        for unit, n in zip(COMMUNES[:2], (10, 20), strict=True)
    ]
    country.write(COMMUNES[3], period, models(4))
    until_equal(lambda: country.value("97.1", period), 34, "the reports in time")
    checksum = country.close("97.1", period, "Biên bản chốt số liệu")
    until_passed(due_at)

    late = country.accepted(COMMUNES[2], period, models(7))
    country.write(COMMUNES[4], period, models(6))
    corrected = country.accepted(COMMUNES[0], period, models(12))

    until_equal(lambda: country.value("97.1", period), 49, "the correction and the late reports")
    assert [it["on_time"] for it in early] == [True, True]
    assert (late["on_time"], corrected["on_time"], corrected["revision"]) == (False, True, 2)
    found = country.coverage("97.1", period)
    assert found == {"expected": 6, "reported": 5, "on_time": 3, "late": 2, "missing": 1}
    _is_late_once(country, period)
    _delta_is_visible(country, period, due_at)
    _signed_stays(country, period, checksum)


def _is_late_once(country: Country, period: str) -> None:
    listed = country.ask("/v1/late", unit="97.1", period=period, form="F05")["units"]
    assert {it["unit"]: it["state"] for it in listed} == {
        COMMUNES[2]: "late",
        COMMUNES[4]: "late",
        COMMUNES[5]: "missing",
    }


def _delta_is_visible(country: Country, period: str, due_at: datetime) -> None:
    question = {"unit": COMMUNES[0], "form": "F05", "period": period}
    first, second = country.ask("/v1/revisions", **question)["revisions"]
    assert (first["on_time"], second["on_time"]) == (True, True)
    assert first["received_at"] == second["first_received_at"] < second["received_at"]
    assert instant(first["received_at"]) < due_at < instant(second["received_at"])
    changes = [(it["indicator"], it["before"], it["after"]) for it in second["changes"]]
    assert changes == [(TOTAL, 10, 12)]


def _signed_stays(country: Country, period: str, checksum: str) -> None:
    question = {"unit": "97.1", "form": "F05", "period": period}
    key = f"97.1|F05|{period}|restated"

    def restated() -> list[Answer]:
        events = country.events(TOTALS)
        return [
            body for _, its_key, body in events if its_key == key and _of_total(body) == (34, 49)
        ]

    event = until(restated, "the restatement")[-1]
    (signed,) = country.ask("/v1/snapshots", **question)["snapshots"]
    figure = next(it for it in signed["signed"]["figures"] if it["indicator"] == TOTAL)
    assert (signed["checksum"], signed["valid"], figure["value"]) == (checksum, True, 34)
    assert (event["checksum"], event["province"]) == (checksum, "97.1")
    assert event["coverage_before"]["reported"] == signed["signed"]["coverage"]["reported"] == 3
    assert event["coverage_after"]["reported"] == 5
    assert _of_total(signed["restatements"][-1]) == (34, 49)


def _of_total(body: Answer) -> tuple[object, object] | None:
    changes = [it for it in body["changes"] if it["indicator"] == TOTAL and not it["split"]]
    return (changes[0]["before"], changes[0]["after"]) if changes else None


def _rules(this_year: tuple[str, int]) -> str:
    code, working_days = this_year
    new_year = date(LAST_YEAR + 1, 1, 1)
    last = date(LAST_YEAR, 12, 31)
    rows = [
        _rule("cal.5wd", 5, "2017-01-01", str(last - timedelta(days=1))),
        _rule("cal.long", 300, str(last), str(last)),
        _rule(code, working_days, str(new_year)),
    ]
    regime = {"code": "cal", "label_vi": "Kỳ báo cáo theo tháng dương lịch", "rules": rows}
    return json.dumps({"regimes": [regime]}, ensure_ascii=False)


def _rule(code: str, working_days: int, first: str, last: str | None = None) -> dict[str, object]:
    dates = {"valid_from": first, **({"valid_to": last} if last else {})}
    said = {"hour": "17:00", "source": "Quy chế mẫu", "state": "custom"}
    return {"code": code, "working_days_after_close": working_days, **said, **dates}


def test_new_deadline_rule_leaves_the_rates_of_the_past_alone(country: Country) -> None:
    """E: a rule for next year moves neither last year's verdicts nor those given this year."""
    last_year, january = f"cal.{LAST_YEAR}", f"cal.{LAST_YEAR + 1}-M01"
    country.apply(rules=_rules(("cal.300wd", 300)))
    country.until_judged(COMMUNES[5], last_year, lambda it: it["on_time"] is True)
    for unit in COMMUNES[:2]:
        assert country.accepted(unit, last_year, models(1))["on_time"]
    assert country.accepted(COMMUNES[0], january, models(1))["on_time"]
    until_equal(lambda: country.coverage("97.1", last_year)["on_time"], 2, "last year's reports")
    before = country.coverage("97.1", last_year)

    country.apply(rules=_rules(("cal.1wd", 1)))
    country.until_judged(COMMUNES[5], january, lambda it: it["on_time"] is False)
    strict = country.accepted(COMMUNES[1], january, models(1))
    corrected = country.accepted(COMMUNES[0], january, models(2))

    assert before == {"expected": 6, "reported": 2, "on_time": 2, "late": 0, "missing": 4}
    until_equal(lambda: country.coverage("97.1", january)["reported"], 2, "January's reports")
    assert country.coverage("97.1", last_year) == before
    assert (strict["on_time"], corrected["on_time"]) == (False, True)
    its = country.coverage("97.1", january)
    assert (its["on_time"], its["late"]) == (1, 1)
    assert country.accepted(COMMUNES[2], last_year, models(1))["on_time"]
    rules = {
        (body["unit"], body["period"]): body["deadline_rule"]
        for kind, _, body in country.events(REPORTS)
        if kind == "qcdc.ReportAccepted.v1"
    }
    assert rules[COMMUNES[1], last_year] == rules[COMMUNES[2], last_year] == "cal.long"
    assert (rules[COMMUNES[0], january], rules[COMMUNES[1], january]) == ("cal.300wd", "cal.1wd")
