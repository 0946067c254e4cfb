"""The rules of deadlines: dated, by tier, with their source."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from shared.reference.deadlines import DeadlineRule, Due, build_rules, due, rule_for
from shared.reference.errors import FactError
from shared.reference.levels import LEVELS
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period


def asked(reference: ReferenceData, code: str) -> Due:
    """Return when F05 is due from a commune that no committee wrote to."""
    form = reference.catalogue.form("F05", period(code))
    assert form is not None
    areas = ("14464.2", "37.2")
    return due(form, period(code), "commune", areas, (), reference.rules, reference.calendar)


RULE: Mapping[str, object] = {
    "code": "nd09.2wd",
    "working_days_after_close": 2,
    "hour": "17:00",
    "valid_from": date(2017, 1, 1),
    "valid_to": date(2026, 12, 31),
    "source": "x",
    "state": "custom",
}
NEXT: Mapping[str, object] = {
    **RULE,
    "code": "nd09.3wd",
    "working_days_after_close": 3,
    "valid_from": date(2027, 1, 1),
    "valid_to": None,
}
COMMUNE: Mapping[str, object] = {
    **NEXT,
    "code": "nd09.commune",
    "level": "commune",
    "working_days_after_close": 1,
}


def rules(*rows: Mapping[str, object]) -> tuple[DeadlineRule, ...]:
    """Return rules of the regime of the decree."""
    return build_rules([{"code": "nd09", "rules": list(rows)}])


def test_next_years_rule_leaves_last_years_verdicts_alone(reference: ReferenceData) -> None:
    """The rule is picked by the period: a report of 2026 judged in 2028 was due as in 2026."""
    changed = replace(reference, rules=rules(RULE, NEXT))

    for code in ("nd09.2026", "nd09.2026-M11"):
        assert asked(changed, code) == asked(reference, code)
    assert asked(reference, "nd09.2027-M06").rule_code == "nd09.2wd"
    assert asked(changed, "nd09.2027-M06").rule_code == "nd09.3wd"


def test_each_tier_has_its_own_rule_and_others_share_one() -> None:
    """Where several levels total up, the decree wants a deadline for each of them."""
    both = rules(RULE, NEXT, COMMUNE)
    found = {level: rule_for(period("nd09.2027"), level, both) for level in LEVELS}

    assert {level: it.code for level, it in found.items() if it} == {
        level: "nd09.commune" if level == "commune" else "nd09.3wd" for level in LEVELS
    }
    before = rule_for(period("nd09.2026"), "commune", both)
    assert before is not None
    assert before.code == "nd09.2wd"


def test_a_rule_that_ended_within_a_period_is_not_its_rule() -> None:
    """The last day decides: the year 2027 of the decree begins in December 2026."""
    assert rule_for(period("nd09.2027"), "commune", rules(RULE)) is None
    assert rule_for(period("nd09.2026"), "commune", rules(NEXT)) is None
    assert rule_for(period("nd09.2027"), "commune", rules(NEXT)) is not None


def test_a_period_without_a_rule_is_not_given_a_guessed_date(reference: ReferenceData) -> None:
    """A guessed deadline would accuse somebody."""
    with pytest.raises(
        ValueError, match=r"no rule sets a deadline for cal\.2026 and level commune"
    ):
        asked(replace(reference, rules=rules(RULE)), "cal.2026")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{**RULE, "working_days_after_close": 0}], "working_days_after_close: must be at least 1"),
        ([{**RULE, "hour": "25:00"}], "hour: must be a time of day"),
        ([{**RULE, "hour": 1020}], "hour: must be a text"),
        ([{**RULE, "level": "village"}], "level: must be one of province"),
        ([{**RULE, "state": "rumour"}], "state: must be one of law, custom, default"),
        ([{**RULE, "source": ""}], "source: must be a text"),
        ([{**RULE, "valid_to": date(2016, 1, 1)}], "valid_to: 2016-01-01 is before"),
        ([RULE, {**NEXT, "valid_from": date(2026, 12, 31)}], "nd09.3wd holds together with rule"),
        ([NEXT, {**RULE, "valid_to": None}], "2: rule nd09.2wd holds together"),
        ([RULE, {**NEXT, "code": "nd09.2wd"}], "holds together with rule nd09.2wd"),
    ],
)
def test_an_unusable_rule_is_named(rows: list[Mapping[str, object]], message: str) -> None:
    """Two rules for one day would make lateness a matter of the order of a file."""
    with pytest.raises(FactError, match=r"regimes\.yaml: regime nd09, rules .*" + message):
        rules(*rows)


def test_a_regime_that_no_period_can_be_named_by_is_refused() -> None:
    """Its rules could never be used."""
    with pytest.raises(FactError, match="regime Năm học: code: must be up to 20 small letters"):
        build_rules([{"code": "Năm học", "rules": [RULE]}])


def test_every_rule_says_where_it_comes_from(reference: ReferenceData) -> None:
    """A unit that is called late may ask by which rule."""
    assert {rule.code: rule.state for rule in reference.rules} == {
        "nd09.2wd": "custom",
        "cal.5wd": "default",
    }
    assert all(rule.source for rule in reference.rules)
