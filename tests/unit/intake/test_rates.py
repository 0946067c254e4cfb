"""Rule R6: a rate that is sent is held against its own counts."""

import pytest

from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report, codes, verdict_on

RATE = "pib_resolution_rate"


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
