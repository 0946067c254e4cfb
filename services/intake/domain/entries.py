"""The line of the journal that a submission makes."""

from collections.abc import Sequence

from services.intake.domain.judge import ValidatedReport
from services.intake.domain.parsing import ParsedSubmission
from services.intake.domain.state import JournalEntry, SlotState
from shared.contracts.reports import Finding
from shared.reference.slots import Slot

_NO_SLOT = SlotState(Slot("", "", ""))


def refused(parsed: ParsedSubmission, findings: Sequence[Finding]) -> JournalEntry:
    """Write the entry of a submission that does not count."""
    return entry_of(parsed, findings, _NO_SLOT, None)


def entry_of(
    parsed: ParsedSubmission,
    findings: Sequence[Finding],
    slot: SlotState,
    validated: ValidatedReport | None,
    *,
    unchanged: bool = False,
) -> JournalEntry:
    """Write the journal entry; without *validated* the submission is rejected."""
    raw = parsed.raw
    return JournalEntry(
        source=raw.source,
        event_id=raw.event_id,
        content_hash=parsed.content_hash,
        kind=raw.kind,
        body=raw.body,
        received_at=raw.received_at,
        verdict="accepted" if validated else "rejected",
        findings=tuple(findings),
        unit=parsed.unit,
        form=parsed.form,
        period=parsed.period,
        unchanged=unchanged,
        revision=slot.revision if validated else None,
        form_version=validated.form_version if validated else None,
        first_received_at=slot.first_received_at,
        due_at=slot.due_at,
        deadline_rule=slot.deadline_rule,
        on_time=slot.on_time,
        unit_type=validated.unit_type if validated else None,
        path=validated.path if validated else None,
    )
