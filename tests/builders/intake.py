"""Submissions to try: complete reports of real units, with what a test wants to be different."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from services.intake.domain.history import NO_HISTORY, UnitHistory
from services.intake.domain.judge import Verdict, judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission, SubmissionKind, usable_event_id
from shared.contracts.strict_json import parse
from shared.reference.periods import parse_period

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
_numbers = itertools.count(1)

COMMUNE_OF_NINH_BINH = "14320.1"
COMMUNE_OF_HA_NOI = "00004.1"
HA_TINH_CITY = "D436.1"
HA_NOI = "01.1"


@dataclass(frozen=True)
class Report:
    """What a unit sends; ``figures`` are laid over the nulls of all that is required."""

    unit: str
    form: str
    period: str
    figures: Mapping[str, object]
    qualifiers: Mapping[str, str] | None = None
    without: tuple[str, ...] = ()

    def document(self, context: RuleContext, **changes: object) -> dict[str, Any]:
        """Return the submission as a document; a change to None takes the field away."""
        period = parse_period(self.period)
        compiled = context.compiled(self.form, period) if period else None
        required = dict.fromkeys(compiled.required) if compiled else {}
        figures = {**required, **self.figures}
        document: dict[str, Any] = {
            "event_id": f"e-{next(_numbers)}",
            "occurred_at": "2026-11-22T11:59:00+07:00",
            "unit": self.unit,
            "form": self.form,
            "period": self.period,
            "figures": {key: it for key, it in figures.items() if key not in self.without},
        }
        if self.qualifiers:
            document["qualifiers"] = dict(self.qualifiers)
        document |= changes
        return {key: it for key, it in document.items() if it is not None}


def raw(document: Mapping[str, Any] | bytes, **changes: Any) -> RawSubmission:
    """Let a document arrive as Kafka would bring it."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    content = parse(body)
    arrival = RawSubmission(
        source="demo",
        kind=SubmissionKind.SUBMISSION,
        event_id=usable_event_id(content) or "fallback",
        document=content,
        body=body,
        received_at=NOON,
    )
    return replace(arrival, **changes)


def verdict_on(
    report: Report,
    context: RuleContext,
    *,
    history: UnitHistory = NO_HISTORY,
    at: datetime = NOON,
    **changes: object,
) -> Verdict:
    """Judge a report, with *changes* to the document that it is sent as."""
    arrival = raw(report.document(context, **changes), received_at=at)
    return judge(parse_submission(arrival), context, history)


def codes(verdict: Verdict) -> set[str]:
    """Return the codes of all violations."""
    return {it.code for it in verdict.violations}


def models(**figures: object) -> Report:
    """Return a report of Dân vận khéo models from a commune of Ninh Bình for 2023."""
    given = {f"dvk_models_{name}": value for name, value in figures.items()}
    return Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2023", given)
