"""What HTTP answers: a receipt, or a problem (RFC 9457) that carries the same members."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.state import JournalEntry, OpenQuestion, SlotState, SubmissionVerdict
from services.intake.domain.violations import Messages
from shared.contracts.reports import Finding
from shared.infra.web.problems import problem_body

CONFLICTS = frozenset({"event_id_conflict", "nothing_to_withdraw", "superseded"})
"""A verdict that rests on what is there already is 409; what the sender can mend is 422."""


class ReceiptView(BaseModel):
    """
    The verdict on one submission, the same for every resend; ``parked`` is none yet.

    ``on_time`` is null where nothing counts, and for history entered after the fact, which is
    ``backfilled`` and neither on time nor late. The field is there for such history only, since a
    receipt of before keeps its bytes.
    """

    submission_id: str
    kind: str
    verdict: SubmissionVerdict
    unit: str | None
    form: str | None
    period: str | None
    revision: int | None
    unchanged: bool
    received_at: AwareDatetime
    on_time: bool | None
    backfilled: bool = False
    due_at: AwareDatetime | None
    findings: Sequence[Finding]


class SlotView(BaseModel):
    """How the slot of a submission stands now."""

    revision: int
    filled: bool
    holds_this: bool


class CauseView(BaseModel):
    """The change that made a report questionable."""

    kind: str
    unit: str
    form: str
    period: str
    revision: int


class QuestionView(BaseModel):
    """What its sender is asked about a report in force; it stands until one of both changes."""

    asked_at: AwareDatetime
    cause: CauseView
    findings: Sequence[Finding]


class SubmissionView(ReceiptView):
    """A submission as it was judged, what has become of its slot, and what is open about it."""

    slot: SlotView | None
    questions: Sequence[QuestionView]


class ResultView(BaseModel):
    """One result of several: ``status`` is what the item alone would have been answered."""

    status: int


class ResultsView(BaseModel):
    """The results of several submissions, in their order."""

    results: list[ResultView]


def receipt_view(entry: JournalEntry) -> dict[str, Any]:
    """Write a receipt; the same entry always gives the same bytes."""
    return {
        "submission_id": entry.event_id,
        "kind": entry.kind.value,
        "verdict": entry.verdict,
        "unit": entry.unit,
        "form": entry.form,
        "period": entry.period,
        "revision": entry.revision,
        "unchanged": entry.unchanged,
        "received_at": _instant(entry.received_at),
        "on_time": entry.on_time,
        **({"backfilled": True} if entry.backfilled else {}),
        "due_at": _instant(entry.due_at),
        "findings": [it.model_dump() for it in entry.findings],
    }


def submission_view(
    entry: JournalEntry, slot: SlotState | None, questions: Sequence[OpenQuestion]
) -> dict[str, Any]:
    """Write a receipt together with how its slot stands, and what is open about it."""
    stands = None
    if slot is not None and entry.verdict == "accepted":
        holds_this = slot.holds(entry.revision)
        stands = {"revision": slot.revision, "filled": slot.filled, "holds_this": holds_this}
    return {
        **receipt_view(entry),
        "slot": stands,
        "questions": [_question_view(it) for it in questions],
    }


def _question_view(question: OpenQuestion) -> dict[str, Any]:
    return {
        "asked_at": _instant(question.asked_at),
        "cause": {
            "kind": question.cause_kind,
            "unit": question.cause.unit,
            "form": question.cause.form,
            "period": question.cause.period,
            "revision": question.cause_revision,
        },
        "findings": [it.model_dump() for it in question.findings],
    }


def answer(outcome: SubmissionOutcome, messages: Messages) -> tuple[int, dict[str, Any]]:
    """
    Return status and body for an outcome.

    201 is a new revision, 200 a repeated one, 202 a submission that has no verdict yet.
    """
    entry = outcome.entry
    if entry.verdict == "parked":
        return 202, receipt_view(entry)
    if entry.verdict == "accepted":
        is_new = not outcome.repeated and not entry.unchanged
        return (201 if is_new else 200), receipt_view(entry)
    conflict = next((it for it in entry.findings if it.code in CONFLICTS), None)
    if conflict is not None:
        return 409, problem_body(409, conflict.code, conflict.message, receipt_view(entry))
    objections = sum(it.severity == "reject" for it in entry.findings)
    detail = messages["rejected"].format(count=objections)
    return 422, problem_body(422, "rejected", detail, receipt_view(entry))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
