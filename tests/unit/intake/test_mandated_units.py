"""Departments, the army and the police report models where their province asks for it."""

import pytest

from services.intake.app import rule_context
from services.intake.domain.rule_context import RuleContext
from tests.builders.intake import Report, codes, verdict_on
from tests.builders.mandated import AGENCY, AGENCY_ELSEWHERE, FORCES, with_departments

MODELS = {"dvk_models_opening": 0, "dvk_models_new": 2, "dvk_models_total": 2}


@pytest.fixture(scope="module")
def widened() -> RuleContext:
    """Return what rules are evaluated with while the committee's mandate is in force."""
    return rule_context(with_departments())


@pytest.mark.parametrize("unit", [AGENCY, FORCES])
def test_who_is_asked_by_the_province_is_not_told_that_it_owes_nothing(
    widened: RuleContext, unit: str
) -> None:
    """Article 001's 421 models are those of communes and of offices."""
    verdict = verdict_on(Report(unit, "F05", "cal.2026-H1", MODELS), widened)

    assert verdict.validated is not None
    assert "unit_not_obliged" not in codes(verdict)


@pytest.mark.parametrize(
    ("unit", "form", "period"),
    [
        (AGENCY_ELSEWHERE, "F05", "cal.2026-H1"),
        (AGENCY, "F05", "cal.2025-H2"),
        (AGENCY, "F01", "cal.2026-H1"),
    ],
)
def test_elsewhere_before_and_on_other_forms_it_owes_nothing(
    widened: RuleContext, unit: str, form: str, period: str
) -> None:
    """A mandate is of one committee, from one day, for one form."""
    verdict = verdict_on(Report(unit, form, period, {}), widened)

    assert "unit_not_obliged" in codes(verdict)
