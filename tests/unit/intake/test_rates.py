"""Rule R6: a rate that is sent is held against its own counts."""

import pytest

from services.intake.domain.history import UnitHistory
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report, codes, verdict_on

RATE = "pib_resolution_rate"
THIRTEEN_OF_FIFTEEN = {
    "pib_violations_detected": 10,
    "pib_cases_carried_in": 5,
    "pib_cases_resolved": 13,
}
NOTE = "05 vụ việc năm trước chuyển sang"


@pytest.mark.parametrize(
    ("rate", "qualifier", "agrees"),
    [
        ("87", None, True),
        ("95", None, False),
        ("95", "at_least", False),
        ("86", "at_least", True),
        ("87", "at_least", True),
        ("88", "at_most", True),
        ("86", "at_most", False),
        ("90", "about", True),
    ],
)
def test_a_rate_with_a_qualifier_is_a_bound(
    rate: str, qualifier: str | None, agrees: bool, context: RuleContext
) -> None:
    """Hơn 95% with 87 of 100 is as untrue as 95%; gần 88% is true."""
    figures = {"pib_violations_detected": 100, "pib_cases_resolved": 87, RATE: rate}
    doubt = {RATE: qualifier} if qualifier else None

    verdict = verdict_on(Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures, doubt), context)

    assert ("rate_agrees" not in codes(verdict)) is agrees


def test_the_refusal_says_the_rate_as_it_was_sent(context: RuleContext, render: Renderer) -> None:
    """A bare 95% would be another statement than hơn 95%."""
    figures = {"pib_violations_detected": 100, "pib_cases_resolved": 87, RATE: "95"}
    report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures, {RATE: "at_least"})

    (said,) = [it for it in verdict_on(report, context).violations if it.code == "rate_agrees"]

    assert "hơn 95%" in render(said).message


@pytest.mark.parametrize(
    ("rate", "agrees"), [("86.7", True), ("86.67", True), ("130", False), ("100", False)]
)
def test_what_was_carried_in_is_a_part_of_the_denominator(
    rate: str, agrees: bool, context: RuleContext
) -> None:
    """13 settled of 10 that arose and 5 carried in are 86,7 %; 130 % was what the rule wanted."""
    figures = {**THIRTEEN_OF_FIFTEEN, RATE: rate}

    verdict = verdict_on(Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures), context, note=NOTE)

    assert codes(verdict) == (set() if agrees else {"rate_agrees"})


def test_a_rate_may_rest_on_what_we_know_to_be_open(context: RuleContext) -> None:
    """Five cases that our own reports left open need not be stated once more."""
    figures = {"pib_violations_detected": 10, "pib_cases_resolved": 13}
    known = UnitHistory(carried_in=(5,))

    for rate, agrees in (("86.7", True), ("130", False)):
        report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", {**figures, RATE: rate})
        assert ("rate_agrees" not in codes(verdict_on(report, context, history=known))) is agrees


def test_settled_of_recommended_is_a_rate_of_its_own(context: RuleContext) -> None:
    """Hải Dương 2020 states 1.050 of 1.074 recommended, whatever was detected."""
    figures = {
        "pib_violations_detected": 1100,
        "pib_cases_recommended": 1074,
        "pib_cases_resolved": 1050,
    }
    for rate, agrees in (("97.8", True), ("95.5", False)):
        of_recommended = {**figures, "pib_recommended_resolution_rate": rate}
        report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", of_recommended)
        assert ("rate_agrees" not in codes(verdict_on(report, context))) is agrees


def test_petitions_carried_in_count_as_well(context: RuleContext) -> None:
    """F01: 118 settled of 115 within competence and 23 of the year before."""
    figures = {
        "petitions_competent": 115,
        "petitions_carried_in": 23,
        "petitions_resolved": 118,
        "petition_resolution_rate": "85.5",
    }

    report = Report(COMMUNE_OF_HA_NOI, "F01", "cal.2023", figures)

    assert codes(verdict_on(report, context, note=NOTE)) == set()
