"""Rules come and go with the law, and the period of a report says which of them it faces."""

from datetime import date, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.case import lay_out
from services.intake.domain.history import NO_HISTORY, UnitHistory
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule import Rule, RuleBasis
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import RULES, RULES_OF_HANDOVERS, rules_for, rules_of
from shared.contracts.values import Severity
from shared.reference.periods import Period, parse_period
from tests.builders.intake import (
    COMMUNE_OF_HA_NOI,
    HA_NOI,
    NOON,
    Report,
    codes,
    raw,
    verdict_on,
)

BEFORE, SINCE = "nd09.2023-M06", "nd09.2023-M07"
NUMBERED = {f"R{number}" for number in range(1, 15)}


def period_of(code: str) -> Period:
    """Return a period that exists."""
    period = parse_period(code)
    assert period is not None
    return period


def test_all_fourteen_rules_are_there() -> None:
    """docs/DOMAIN.md#rules lists R1 to R14; each has a function at least."""
    assert {it.id for it in RULES} >= NUMBERED


def test_a_code_leads_to_one_rule() -> None:
    """A sender's finding, docs/DOMAIN.md and the function share the name."""
    names = [it.code for it in RULES]

    assert len(set(names)) == len(names)
    assert {it.code for it in RULES_OF_HANDOVERS} <= set(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda it: it.code)
def test_rule_says_where_it_comes_from(rule: Rule, context: RuleContext) -> None:
    """A number without a source cannot be argued with; a cell that no form has is a slip."""
    assert rule.source
    assert rule.basis in get_args(RuleBasis)
    assert rule.severity in get_args(Severity)
    assert set(rule.cells) <= set(context.catalogue.indicators)
    assert (rule.valid_from or date.min) <= (rule.valid_to or date.max)


@pytest.mark.parametrize("code", ["nd09.2023-M06", "nd09.2023-H1", "cal.2023-M06", "cal.2022"])
def test_period_that_ends_before_the_law_faces_the_old_rules(code: str) -> None:
    """The decree's June closes on the 14th and a calendar June on the 30th: both are before."""
    names = {it.code for it in rules_for(period_of(code))}

    assert "pib_members_before_2023" in names
    assert names.isdisjoint({"pib_members", "cisb_members"})


@pytest.mark.parametrize("code", ["nd09.2023-M07", "nd09.2023-Q3", "cal.2023-M07", "cal.2023"])
def test_period_that_ends_under_the_law_faces_it(code: str) -> None:
    """Whatever part of it lay before: the state at the close is what is reported."""
    names = {it.code for it in rules_for(period_of(code))}

    assert names >= {"pib_members", "cisb_members"}
    assert "pib_members_before_2023" not in names


@pytest.mark.parametrize("at", [NOON, NOON.replace(year=2023, month=9)])
def test_the_day_of_receipt_does_not_choose_the_rule(at: datetime, context: RuleContext) -> None:
    """A correction of an old report in 2026 is not held to a law that came after it."""
    few = {"cisb_boards": 3, "cisb_members": 6}
    before, since = (
        codes(verdict_on(Report(COMMUNE_OF_HA_NOI, "F04", it, few), context, at=at))
        for it in (BEFORE, SINCE)
    )

    assert "cisb_members" not in before
    assert "cisb_members" in since


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_a_rule_holds_on_its_own_days_only(day: date) -> None:
    """Both dates are included; a rule without dates always holds."""
    for rule in RULES:
        first, last = rule.valid_from or date.min, rule.valid_to or date.max

        assert rule.in_force(day) == (first <= day <= last)


def test_forms_face_only_rules_about_their_cells(context: RuleContext) -> None:
    """A report of models is not asked about boards: that is what keeps judging quick."""
    report = Report(COMMUNE_OF_HA_NOI, "F05", "cal.2023", {"dvk_models_total": 1})
    parsed = parse_submission(raw(report.document(context)))
    assert parsed.report is not None

    chosen = rules_of(lay_out(parsed.report, NOON, NO_HISTORY, context))

    assert {it.code for it in chosen}.isdisjoint({"pib_members", "cisb_members"})
    assert {"stock_balance", "part_within_whole"} <= {it.code for it in chosen}


@pytest.mark.parametrize(
    ("period", "refused"), [("cal.2025", False), ("cal.2025-Q3", True), ("cal.2026-H1", True)]
)
def test_level_that_has_ended_takes_no_more_figures(
    period: str, refused: bool, context: RuleContext
) -> None:
    """Districts recognised models until 30 June 2025, so the year 2025 may still hold some."""
    recognised = "dvk_models_recognised"
    figures = {recognised: 2, f"{recognised}[recognition_level=district]": 2}
    none = {recognised: 0, f"{recognised}[recognition_level=district]": None}

    found = codes(verdict_on(Report("13285.2", "F05", period, figures), context))

    assert ("code_not_in_force" in found) == refused
    assert not codes(verdict_on(Report("13285.2", "F05", period, none), context))


@pytest.mark.parametrize(("form", "period"), [("F99", "cal.2023"), ("F04", "cal.2023-M13")])
def test_rules_with_dates_are_silent_where_nothing_is_known(
    form: str, period: str, context: RuleContext
) -> None:
    """One mistake in the period must not drag other findings along."""
    report = Report(COMMUNE_OF_HA_NOI, form, period, {"cisb_boards": 3, "cisb_members": 6})

    assert codes(verdict_on(report, context)) == {
        "unknown_form" if form == "F99" else "unknown_period"
    }


FORMS = {
    "F01": COMMUNE_OF_HA_NOI,
    "F04": COMMUNE_OF_HA_NOI,
    "F05": COMMUNE_OF_HA_NOI,
    "F07": HA_NOI,
}
HISTORIES = st.sampled_from([NO_HISTORY, UnitHistory((1,), year_before={"opinions_collected": 1})])
VALUES = st.none() | st.integers(0, 4) | st.sampled_from(["1.5", "0.1255", "3"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.sampled_from(["cal.2022", "cal.2023"]), st.data())
def test_rules_that_are_not_asked_had_nothing_to_say(
    context: RuleContext, form: str, code: str, data: st.DataObject
) -> None:
    """The choice of rules is for speed only: all rules in force would find the same."""
    compiled = context.compiled(form, period_of(code))
    assert compiled is not None
    cells = st.sampled_from([*sorted(compiled.cells), "papi_group", "nonsense"])
    figures = data.draw(st.dictionaries(cells, VALUES, max_size=30))
    qualifiers = data.draw(st.dictionaries(cells, st.just("about"), max_size=2))
    entered_in = data.draw(st.dictionaries(cells, st.sampled_from(["ha", "ty_dong"]), max_size=3))
    report = Report(FORMS[form], form, code, figures, qualifiers)
    parsed = parse_submission(raw(report.document(context, entered_in=entered_in)))
    assert parsed.report is not None
    case = lay_out(parsed.report, NOON, data.draw(HISTORIES), context)

    asked = [it for rule in rules_of(case) for it in rule.check(case)]

    assert asked == [it for rule in rules_for(period_of(code)) for it in rule.check(case)]
