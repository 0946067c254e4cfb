"""
Questions to senders: which reports in force no longer continue one that has just changed.

A report that came first is not refused for what came after it. Whoever sent it is asked to look
again; the receipt of the change says that somebody is being asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.continuity import all_gaps, compares
from services.intake.domain.sources import following, opened_by
from services.intake.domain.state import CauseKind, Handover, OpenQuestion, SlotState
from services.intake.domain.violations import MessageValue, Renderer, Violation, render_all
from services.intake.domain.working_set import OpeningBasis, WorkingSet
from shared.reference.periods import parse_period
from shared.reference.place_names import in_sentence
from shared.reference.slots import Slot

Dependents = Mapping[Slot, OpeningBasis]
"""The reports that may rest on what is about to change, and what they rest on until then."""


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """What has changed."""

    kind: CauseKind
    key: Slot
    revision: int
    at: datetime


def watch_report(working_set: WorkingSet, key: Slot) -> Dependents:
    """Look at what rests on a report before it changes."""
    return _watch(working_set, following(key, working_set.context))


def watch_handover(working_set: WorkingSet, handover: Handover) -> Dependents:
    """Look at what may rest on a handover before it changes."""
    return _watch(working_set, opened_by(handover.key, working_set.context))


def questions_about(
    working_set: WorkingSet, changed: SlotState, watched: Dependents, at: datetime, render: Renderer
) -> list[OpenQuestion]:
    """Ask the senders of all reports that no longer continue a report as it stands now."""
    cause = ChangeCause("report", changed.key, changed.content_revision, at)
    asked: list[OpenQuestion] = []
    for key, basis_before in watched.items():
        base = working_set.opening(key)
        if changed.key in base.slots or changed.key in basis_before.slots:
            asked += _ask(working_set, key, basis_before, cause, render)
    return asked


def questions_about_handover(
    working_set: WorkingSet, handover: Handover, watched: Dependents, at: datetime, render: Renderer
) -> list[OpenQuestion]:
    """Ask the senders of all reports that do not open with what their unit was handed over."""
    unit, form, _ = handover.key
    cause = ChangeCause("handover", Slot(unit, form, handover.period), handover.revision, at)
    asked: list[OpenQuestion] = []
    for key, basis_before in watched.items():
        if working_set.opening(key).handover == handover.key:
            asked += _ask(working_set, key, basis_before, cause, render)
    return asked


def notice(working_set: WorkingSet, question: OpenQuestion) -> Violation:
    """Tell the sender of a change whose report is being questioned because of it."""
    values = _names(working_set, question.key)
    return Violation("following_report_questioned", "period", values, "warn")


def _watch(working_set: WorkingSet, keys: Iterable[Slot]) -> Dependents:
    return {key: working_set.opening(key) for key in keys if working_set.is_filled(key)}


def _ask(
    working_set: WorkingSet,
    key: Slot,
    basis_before: OpeningBasis,
    cause: ChangeCause,
    render: Renderer,
) -> Iterator[OpenQuestion]:
    slot = working_set.slot(key)
    violations = list(_violations(working_set, slot, basis_before, cause))
    if violations and slot.source is not None and slot.event_id is not None:
        yield OpenQuestion(
            key=key,
            revision=slot.revision,
            content_revision=slot.content_revision,
            source=slot.source,
            submission_id=slot.event_id,
            cause_kind=cause.kind,
            cause=cause.key,
            cause_revision=cause.revision,
            findings=tuple(render_all(violations, render)),
            asked_at=cause.at,
        )


def _violations(
    working_set: WorkingSet, slot: SlotState, basis_before: OpeningBasis, cause: ChangeCause
) -> Iterator[Violation]:
    period_context, amounts = (
        working_set.context.period_context(slot.key.form, slot.key.period),
        working_set.amounts(slot),
    )
    compiled = period_context.compiled if period_context else None
    history = working_set.opening(slot.key).history
    if compiled is None or amounts is None or history.reorganised_with:
        return
    for gap in all_gaps(compiled, amounts, history):
        values: dict[str, MessageValue] = {
            "label": working_set.context.catalogue.label(gap.cell),
            "stated": gap.stated,
            "expected": gap.expected,
            **_names(working_set, cause.key),
        }
        yield Violation("no_longer_continues", f"figures.{gap.cell}", values, "warn")
    knows_nothing = history.before is None and history.handover is None
    if knows_nothing and compares(compiled, amounts, basis_before.history):
        yield Violation("basis_withdrawn", "period", _names(working_set, cause.key), "warn")


def _names(working_set: WorkingSet, key: Slot) -> dict[str, MessageValue]:
    context, period = working_set.context, parse_period(key.period)
    unit = context.directory.get(key.unit)
    return {
        "name": in_sentence(unit.name) if unit else key.unit,
        "its_period": context.regimes.label_vi(period) if period else key.period,
    }
