"""How what intake keeps is written as rows and read back."""

import json
from collections.abc import Sequence

import asyncpg

from services.intake.domain.state import (
    Handover,
    HandoverKey,
    JournalEntry,
    OpenQuestion,
    ParkedSubmission,
    SlotState,
)
from services.intake.domain.submissions import SubmissionKind
from shared.contracts.reports import Finding
from shared.infra.postgres.arrays import array_text
from shared.reference.periods import parse_period
from shared.reference.slots import Slot

RowValues = tuple[object, ...]


def slot_row(slot: SlotState) -> RowValues:
    """Write a slot as the columns of ``keep_slots``."""
    period = parse_period(slot.key.period)
    if period is None:
        raise LookupError(f"no period {slot.key.period}; only slots of known periods are kept")
    return (
        *slot.key,
        period.regime,
        period.kind,
        period.first_day,
        period.last_day,
        slot.revision,
        slot.figures_hash,
        slot.first_received_at,
        slot.due_at,
        slot.deadline_rule,
        slot.on_time,
        slot.backlog,
        array_text(slot.figures),
        slot.form_version,
        slot.source,
        slot.event_id,
        slot.content_revision,
        slot.carried_in,
    )


def window_row(key: Slot) -> RowValues:
    """Write a slot's key and its window as the columns of ``nested``."""
    period = parse_period(key.period)
    if period is None:
        raise LookupError(f"no period {key.period}; only slots of known periods are kept")
    return *key, period.regime, period.first_day, period.last_day


def slot_of(row: asyncpg.Record) -> SlotState:
    """Read a slot."""
    figures = row["figures"]
    return SlotState(
        Slot(row["unit"], row["form"], row["period"]),
        row["revision"],
        row["figures_hash"],
        row["first_received_at"],
        row["due_at"],
        row["deadline_rule"],
        row["on_time"],
        row["backlog"],
        row["carried_in"],
        None if figures is None else tuple(figures),
        row["form_version"],
        row["source"],
        row["event_id"],
        row["content_revision"],
    )


def stated_in(row: asyncpg.Record) -> SlotState:
    """Read of a filled slot what it states; who sent it, when and how late are left out."""
    return SlotState(
        Slot(row["unit"], row["form"], row["period"]),
        row["revision"],
        row["figures_hash"],
        figures=tuple(row["figures"] or ()) or None,
        form_version=row["form_version"],
    )


def handover_row(handover: Handover) -> RowValues:
    """Write a handover as the columns of ``keep_handovers``."""
    return (
        *handover.key,
        handover.period,
        handover.revision,
        handover.decision,
        json.dumps(dict(handover.openings)),
        json.dumps({area: dict(it) for area, it in handover.from_areas.items()}),
    )


def handover_of(row: asyncpg.Record) -> Handover:
    """Read a handover."""
    return Handover(
        HandoverKey(row["unit"], row["form"], row["effective_on"]),
        row["period"],
        row["revision"],
        row["decision"],
        json.loads(row["openings"]),
        json.loads(row["from_areas"]),
    )


def question_row(question: OpenQuestion) -> RowValues:
    """Write a question as the columns of ``add_questions``."""
    return (
        *question.key,
        question.revision,
        question.content_revision,
        question.source,
        question.submission_id,
        question.cause_kind,
        question.cause.unit,
        question.cause.period,
        question.cause_revision,
        _findings_text(question.findings),
        question.asked_at,
    )


def question_of(row: asyncpg.Record) -> OpenQuestion:
    """Read a question."""
    return OpenQuestion(
        key=Slot(row["unit"], row["form"], row["period"]),
        revision=row["revision"],
        content_revision=row["content_revision"],
        source=row["source"],
        submission_id=row["submission_id"],
        cause_kind=row["cause_kind"],
        cause=Slot(row["cause_unit"], row["form"], row["cause_period"]),
        cause_revision=row["cause_revision"],
        findings=_findings(row["findings_text"]),
        asked_at=row["asked_at"],
    )


def entry_row(entry: JournalEntry) -> RowValues:
    """Write a line of the journal as the columns of ``add_entries``."""
    return (
        entry.source,
        entry.event_id,
        entry.content_hash,
        entry.kind,
        entry.body,
        entry.received_at,
        entry.verdict,
        _findings_text(entry.findings),
        entry.unit,
        entry.form,
        entry.period,
        entry.unchanged,
        entry.revision,
        entry.form_version,
        entry.first_received_at,
        entry.due_at,
        entry.deadline_rule,
        entry.on_time,
        entry.unit_type,
        None if entry.path is None else "/".join(entry.path),
    )


def entry_of(row: asyncpg.Record) -> JournalEntry:
    """Read a line of the journal."""
    return JournalEntry(
        source=row["source"],
        event_id=row["event_id"],
        content_hash=row["content_hash"],
        kind=SubmissionKind(row["kind"]),
        body=row["body"],
        received_at=row["received_at"],
        verdict=row["verdict"],
        findings=_findings(row["findings"]),
        unit=row["unit"],
        form=row["form"],
        period=row["period"],
        unchanged=row["unchanged"],
        revision=row["revision"],
        form_version=row["form_version"],
        first_received_at=row["first_received_at"],
        due_at=row["due_at"],
        deadline_rule=row["deadline_rule"],
        on_time=row["on_time"],
        unit_type=row["unit_type"],
        path=None if row["path"] is None else tuple(row["path"]),
    )


def parked_row(parked: ParkedSubmission) -> RowValues:
    """Write a parked submission as the columns of ``park``."""
    entry = parked.entry
    return (
        *parked.key,
        entry.kind,
        entry.body,
        entry.received_at,
        parked.reason,
        parked.detail.replace("\x00", "\\0"),
        _findings_text(entry.findings),
        entry.unit,
        entry.form,
        entry.period,
        parked.time_required,
        parked.revision,
    )


def parked_of(row: asyncpg.Record) -> ParkedSubmission:
    """Read a parked submission."""
    entry = JournalEntry(
        source=row["source"],
        event_id=row["event_id"],
        content_hash=row["content_hash"],
        kind=SubmissionKind(row["kind"]),
        body=row["body"],
        received_at=row["received_at"],
        verdict="parked",
        findings=_findings(row["findings_text"]),
        unit=row["unit"],
        form=row["form"],
        period=row["period"],
    )
    return ParkedSubmission(entry, row["time_required"], row["revision"], row["detail"])


def _findings_text(findings: Sequence[Finding]) -> str:
    return json.dumps([it.model_dump() for it in findings], ensure_ascii=False)


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding.model_validate(it) for it in json.loads(text))
