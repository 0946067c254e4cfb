"""What one decision changes: filings, duties, their events and the audit of due instants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.notifier.domain.duties import Duty, DutyTrigger, Filing, SlotRecord, advance
from services.notifier.domain.duty_events import duty_met
from shared.contracts.duties import DutyEvent, DutyMet
from shared.reference.slots import Slot


class DueChangeCause(StrEnum):
    """What moved a due instant."""

    RECOMPUTED = "recomputed"
    """The same rule gives another day: the calendar was revised, or the rule itself."""
    RULE = "rule"
    """Another rule is in force."""
    LETTER = "letter"
    """A committee's letter sets the date."""
    EXTENSION = "extension"
    """A letter grants more time."""
    JUDGED = "judged"
    """Intake knew the later instant first, and judged the report by it."""
    REJUDGED = "rejudged"
    """A document had the report judged again: the only way back to an earlier instant."""


@dataclass(frozen=True, slots=True)
class DueChange:
    """One line of the audit: a move of a due instant; ``document`` is "" where none is cited."""

    slot: Slot
    was: datetime
    becomes: datetime
    rule: str
    because: DueChangeCause
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DutyChanges:
    """The rows that one decision writes, and its events in the order of publication."""

    filings: Mapping[Slot, Filing] = field(default_factory=dict)
    duties: Mapping[Slot, Duty] = field(default_factory=dict)
    events: tuple[DutyEvent, ...] = ()
    due_changes: tuple[DueChange, ...] = ()


def merged(parts: Iterable[DutyChanges]) -> DutyChanges:
    """Return all these changes as one; for each slot the last wins."""
    filings: dict[Slot, Filing] = {}
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    due_changes: list[DueChange] = []
    for part in parts:
        filings.update(part.filings)
        duties.update(part.duties)
        events += part.events
        due_changes += part.due_changes
    return DutyChanges(filings, duties, tuple(events), tuple(due_changes))


def applied(records: Iterable[SlotRecord], changes: DutyChanges) -> list[SlotRecord]:
    """Return the records as they are once the changes are made."""
    return [
        SlotRecord(
            changes.filings.get(record.duty.slot, record.filing),
            changes.duties.get(record.duty.slot, record.duty),
        )
        if record.duty
        else record
        for record in records
    ]


def met_by(filing: Filing | None, duty: Duty, at: datetime) -> tuple[Duty, DutyMet] | None:
    """Return the duty as met by a filing, with the event; None when no report counts."""
    if filing is None or filing.first_received_at is None:
        return None
    duty = advance(duty, DutyTrigger.REPORTED)
    return duty, duty_met(duty, filing, filing.first_received_at, at)
