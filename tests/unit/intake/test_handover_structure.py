"""Records of handovers: what one must look like before anybody adds it up."""

from typing import Any

import pytest

from services.intake.domain.judge import judge
from services.intake.domain.parsing import ParsedSubmission, parse_submission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import SubmissionKind
from services.intake.domain.violations import Renderer
from tests.builders.intake import raw

COMMUNE = "13285.2"


def handover(**changes: object) -> dict[str, Any]:
    """Return a record without fault; a change to None takes the field away."""
    document: dict[str, object] = {
        "event_id": "h-1",
        "occurred_at": "2025-07-10T09:30:00+07:00",
        "unit": COMMUNE,
        "form": "F05",
        "period": "cal.2025-Q3",
        "effective_on": "2025-07-01",
        "decision": "Nghị quyết 202/2025/QH15",
        "openings": {"dvk_models_opening": 35},
    }
    return {key: it for key, it in (document | changes).items() if it is not None}


def reading_of(**changes: object) -> ParsedSubmission:
    """Read a record as it comes in."""
    return parse_submission(raw(handover(**changes), kind=SubmissionKind.HANDOVER))


def test_record_stands_with_its_openings(context: RuleContext) -> None:
    """Three communes with 10, 20 and 5 models merge; what comes in is 35."""
    verdict = judge(reading_of(), context)

    assert verdict.violations == ()
    assert verdict.validated is not None
    assert verdict.validated.amounts == {"dvk_models_opening": 35}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"effective_on": 1751328000}, "bad_day", "effective_on"),
        ({"effective_on": "2025-07-01T00:00:00"}, "bad_day", "effective_on"),
        ({"effective_on": "2025-02-30"}, "bad_day", "effective_on"),
        ({"effective_on": None}, "missing_field", "effective_on"),
        ({"decision": ""}, "bad_text", "decision"),
        ({"decision": "Nghị\u200b quyết"}, "control_character", "decision"),
        ({"openings": {}}, "bad_figures", "openings"),
        ({"openings": {"dvk_models_opening": -1}}, "negative", "openings.dvk_models_opening"),
        (
            {"openings": {"dvk_models_opening": "1.635"}},
            "thousands_separator",
            "openings.dvk_models_opening",
        ),
        ({"figures": {"dvk_models_total": 1}}, "unknown_field", "figures"),
        ({"openings": {"dvk_models": 1}}, "unknown_cell", "openings.dvk_models"),
        (
            {"openings": {"dvk_models_opening": "35"}},
            "wrong_kind",
            "openings.dvk_models_opening",
        ),
        ({"unit": "14320.1"}, "unit_not_alive", "unit"),
        ({"form": "F99"}, "unknown_form", "form"),
        ({"period": "cal.2025-M13"}, "unknown_period", "period"),
    ],
)
def test_fault_is_named_at_its_place(
    changes: dict[str, object], code: str, field: str, context: RuleContext, render: Renderer
) -> None:
    """A date is a day and not a number of seconds; an opening is a figure like any other."""
    verdict = judge(reading_of(**changes), context)

    assert verdict.validated is None
    assert (code, field) in {(it.code, it.field) for it in verdict.violations}
    assert all("{" not in render(it).message for it in verdict.violations)


def test_what_a_record_says_is_its_content() -> None:
    """Another day or decision under a used id is another record, not a resend."""
    hashes = {
        reading_of(**changes).content_hash
        for changes in (
            {},
            {"effective_on": "2025-07-02"},
            {"decision": "Nghị quyết 1/NQ-HĐND"},
            {"openings": {"dvk_models_opening": 36}},
        )
    }

    assert len(hashes) == 4
    assert reading_of(event_id="h-2").content_hash in hashes
