"""
Questions to senders: which reports in force no longer continue one that has just changed.

A report that came first is not refused for what came after it. Whoever sent it is asked to look
again, and whoever changed the other is told that somebody is being asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.adjoining import holding
from services.intake.domain.continuity import all_gaps, compares
from services.intake.domain.read_set import candidates
from services.intake.domain.state import CauseKind, Handover, Question, Slot, SlotKey
from services.intake.domain.violations import Remark, Say, Value
from services.intake.domain.working_set import Base, Books
from shared.reference.periods import label_vi, parse_period

Watched = Mapping[SlotKey, Base]
"""The reports that may rest on what is about to change, and what they rest on until then."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What has changed."""

    kind: CauseKind
    key: SlotKey
    revision: int
    at: datetime


def watch_report(books: Books, key: SlotKey) -> Watched:
    """Look at what rests on a report before it changes."""
    return _watch(books, candidates(key, books.knowledge))


def watch_handover(books: Books, handover: Handover) -> Watched:
    """Look at what may rest on a handover before it changes."""
    unit, form, day = handover.key
    return _watch(books, (SlotKey(unit, form, code) for code in holding(day)))


def questions_about(
    books: Books, changed: Slot, watched: Watched, at: datetime, say: Say
) -> list[Question]:
    """Ask the senders of all reports that no longer continue a report as it stands now."""
    cause = Cause("report", changed.key, changed.content_revision, at)
    asked: list[Question] = []
    for key, rested in watched.items():
        base = books.base(key)
        if changed.key in base.slots or changed.key in rested.slots:
            asked += _ask(books, key, rested, cause, say)
    return asked


def questions_about_handover(
    books: Books, handover: Handover, watched: Watched, at: datetime, say: Say
) -> list[Question]:
    """Ask the senders of all reports that do not open with what their unit was handed over."""
    unit, form, _ = handover.key
    cause = Cause("handover", SlotKey(unit, form, handover.period), handover.revision, at)
    asked: list[Question] = []
    for key, rested in watched.items():
        if books.base(key).handover == handover.key:
            asked += _ask(books, key, rested, cause, say)
    return asked


def notice(books: Books, question: Question) -> Remark:
    """Tell the sender of a change whose report is being questioned because of it."""
    values = _names(books, question.key)
    return Remark("following_report_questioned", "period", values, "warn")


def _watch(books: Books, keys: Iterable[SlotKey]) -> Watched:
    return {key: books.base(key) for key in keys if (it := books.slots.get(key)) and it.filled}


def _ask(books: Books, key: SlotKey, rested: Base, cause: Cause, say: Say) -> Iterator[Question]:
    slot = books.slot(key)
    remarks = list(_remarks(books, slot, rested, cause))
    if remarks and slot.source is not None and slot.event_id is not None:
        yield Question(
            key=key,
            revision=slot.revision,
            content_revision=slot.content_revision,
            source=slot.source,
            submission_id=slot.event_id,
            cause_kind=cause.kind,
            cause=cause.key,
            cause_revision=cause.revision,
            findings=tuple(map(say, remarks)),
            asked_at=cause.at,
        )


def _remarks(books: Books, slot: Slot, rested: Base, cause: Cause) -> Iterator[Remark]:
    frame, amounts = books.knowledge.frame(slot.key.form, slot.key.period), books.amounts(slot)
    plan = frame.plan if frame else None
    history = books.base(slot.key).history
    if plan is None or amounts is None or history.redrawn_with:
        return
    for gap in all_gaps(plan, amounts, history):
        values: dict[str, Value] = {
            "label": plan.indicators[gap.cell].label_vi,
            "stated": gap.stated,
            "expected": gap.expected,
            **_names(books, cause.key),
        }
        yield Remark("no_longer_continues", f"figures.{gap.cell}", values, "warn")
    knows_nothing = history.before is None and history.handover is None
    if knows_nothing and compares(plan, amounts, rested.history):
        yield Remark("basis_withdrawn", "period", _names(books, cause.key), "warn")


def _names(books: Books, key: SlotKey) -> dict[str, Value]:
    unit, period = books.knowledge.directory.get(key.unit), parse_period(key.period)
    return {
        "name": unit.name if unit else key.unit,
        "its_period": label_vi(period) if period else key.period,
    }
