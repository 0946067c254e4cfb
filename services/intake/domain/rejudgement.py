"""
Judging lateness again, because a document says so; nothing else ever changes a verdict.

The figures stay, and so do the instants at which they were received. What moves is the due
instant, the rule that sets it, and whether the report was in time: a new revision of the slot.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.state import JournalEntry, SlotState
from services.intake.domain.submissions import SubmissionKind
from shared.contracts.event import derived_id
from shared.reference.deadlines import Due

OPERATOR = "qcdc-operator"
"""Under whose name a rejudgement stands in the journal."""


@dataclass(frozen=True, slots=True)
class Rejudgement:
    """A slot as it was and as it will be, and the line of the journal that says why."""

    before: SlotState
    after: SlotState
    entry: JournalEntry


def rejudge(slot: SlotState, due: Due, document: str, at: datetime) -> Rejudgement | None:
    """Hold a report against the due instant of today; None when that changes nothing."""
    if slot.first_received_at is None:
        return None
    on_time = due.on_time(slot.first_received_at)
    if (slot.due_at, slot.deadline_rule, slot.on_time) == (due.at, due.rule_code, on_time):
        return None
    after = replace(
        slot,
        revision=slot.revision + 1,
        due_at=due.at,
        deadline_rule=due.rule_code,
        on_time=on_time,
    )
    return Rejudgement(slot, after, _entry(slot, after, document, at))


def _entry(slot: SlotState, after: SlotState, document: str, at: datetime) -> JournalEntry:
    event_id = derived_id("rejudgement", *slot.key, after.revision)
    content = {
        "event_id": event_id,
        **slot.key._asdict(),
        "revision": after.revision,
        "document": document,
        "was": _verdict(slot),
        "becomes": _verdict(after),
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    return JournalEntry(
        source=OPERATOR,
        event_id=event_id,
        content_hash=hashlib.sha256(body).digest(),
        kind=SubmissionKind.REJUDGEMENT,
        body=body,
        received_at=at,
        verdict="accepted",
        findings=(),
        unit=slot.key.unit,
        form=slot.key.form,
        period=slot.key.period,
        revision=after.revision,
        form_version=slot.form_version,
        first_received_at=slot.first_received_at,
        due_at=after.due_at,
        deadline_rule=after.deadline_rule,
        on_time=after.on_time,
    )


def _verdict(slot: SlotState) -> dict[str, object]:
    due_at = slot.due_at.isoformat() if slot.due_at else None
    return {"due_at": due_at, "deadline_rule": slot.deadline_rule, "on_time": slot.on_time}
