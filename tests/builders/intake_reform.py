"""A small reform of 1 July 2025: three communes merged into one, one divided among two."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.reference.directory import Directory, Unit
from shared.reference.lineage import Lineage, Link
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import Report, raw

REFORM = date(2025, 7, 1)
OLD = ("X1.1", "X2.1", "X3.1")
"""They close with 10, 20 and 5 models in the tests: 35 in all."""
MERGED = "X.2"
DIVIDED, PARTS = "Y.1", ("Y1.2", "Y2.2")
DISTRICT = "DX.1"
"""It ended, and no unit took its place."""
ALONE = "Z.1"
"""A commune of the district that lived on below the province."""
DECISION = "Nghị quyết 1656/NQ-UBTVQH15"
LAST, FIRST = "cal.2025-Q2", "cal.2025-Q3"
"""The quarters before and after."""


def reformed(reference: ReferenceData, above: str = "37.1") -> ReferenceData:
    """Return the facts with the units of the reform in Ninh Bình, or in a district that ended."""
    eve = REFORM - timedelta(days=1)
    before = [_unit(key, above, None, eve) for key in (*OLD, DIVIDED)]
    if above == DISTRICT:
        before.append(Unit(DISTRICT, "DX", "district", "huyen", "Huyện mẫu", "37.1", None, eve))
        before += [_unit(ALONE, DISTRICT, None, eve), _unit(ALONE, "37.2", REFORM, None)]
    after = [_unit(key, "37.2", REFORM, None) for key in (MERGED, *PARTS)]
    links = [Link(key, MERGED, "whole", REFORM, DECISION) for key in OLD]
    links += [Link(DIVIDED, key, "part", REFORM, DECISION) for key in PARTS]
    units = [state for it in reference.directory for state in reference.directory.states(it.key)]
    return replace(
        reference,
        directory=Directory([*units, *before, *after]),
        lineage=Lineage([*reference.lineage, *links]),
    )


def context_of(reference: ReferenceData) -> RuleContext:
    """Return the context of some reference data."""
    return build_rule_context(
        reference.catalogue,
        reference.directory,
        reference.due,
        reference.lineage,
        reference.regimes,
    )


def models(
    unit: str, period: str, opening: int | None, total: int | None, **figures: object
) -> Report:
    """Return a report in which whatever came or went is told by the difference."""
    new = removed = None
    if opening is not None and total is not None:
        new, removed = max(0, total - opening), max(0, opening - total)
    stated = {"opening": opening, "new": new, "removed": removed, "total": total, **figures}
    return Report(unit, "F05", period, {f"dvk_models_{name}": it for name, it in stated.items()})


def sent(report: Report, context: RuleContext, **changes: Any) -> RawSubmission:
    """Let a report arrive."""
    return raw(report.document(context), **changes)


def handover(
    unit: str, openings: Mapping[str, object] | int, event_id: str, **changes: object
) -> dict[str, object]:
    """Return the record of what a unit starts with."""
    stated = {"dvk_models_opening": openings} if isinstance(openings, int) else dict(openings)
    return {
        "event_id": event_id,
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": unit,
        "form": "F05",
        "period": FIRST,
        "effective_on": REFORM.isoformat(),
        "decision": DECISION,
        "openings": stated,
        **changes,
    }


def handed(document: Mapping[str, object], **changes: Any) -> RawSubmission:
    """Let the record of a handover arrive."""
    return raw(document, kind=SubmissionKind.HANDOVER, **changes)


def _unit(key: str, parent: str, since: date | None, until: date | None) -> Unit:
    return Unit(key, key, "commune", "xa", f"Xã mẫu {key}", parent, since, until)
