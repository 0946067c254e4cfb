"""The events of a duty; each id derives from slot, due instant, revision and incarnation."""

from datetime import datetime

from services.notifier.domain.duties import Duty, Filing
from shared.contracts.duties import (
    DutyBecameOverdue,
    DutyExcused,
    DutyMet,
    DutyOpened,
    DutyPostponed,
)
from shared.contracts.event import derived_id


def duty_opened(duty: Duty, revision: int, occurred_at: datetime) -> DutyOpened:
    """Return the event of a duty that is owed, at first or again since *revision* withdrew."""
    return DutyOpened(
        event_id=_event_id("DutyOpened", duty, revision),
        occurred_at=occurred_at,
        **_slot_and_province(duty),
        due_at=duty.due_at,
        deadline_rule=duty.deadline_rule,
    )


def duty_became_overdue(duty: Duty, revision: int, occurred_at: datetime) -> DutyBecameOverdue:
    """Return the event of a due instant that passed while no report counts."""
    return DutyBecameOverdue(
        event_id=_event_id("DutyBecameOverdue", duty, revision),
        occurred_at=occurred_at,
        **_slot_and_province(duty),
        due_at=duty.due_at,
    )


def duty_met(duty: Duty, filing: Filing, received_at: datetime, occurred_at: datetime) -> DutyMet:
    """Return the event of a report that is there; whether on time is intake's verdict."""
    on_time = received_at < duty.due_at if filing.on_time is None else filing.on_time
    return DutyMet(
        event_id=_event_id("DutyMet", duty, filing.revision),
        occurred_at=occurred_at,
        **_slot_and_province(duty),
        first_received_at=received_at,
        on_time=on_time,
        backfilled=filing.backfilled,
    )


def duty_postponed(
    duty: Duty, was_due_at: datetime, because: str, revision: int, occurred_at: datetime
) -> DutyPostponed:
    """Return the event of a later due instant; an overdue duty is open again."""
    return DutyPostponed(
        event_id=_event_id("DutyPostponed", duty, revision),
        occurred_at=occurred_at,
        **_slot_and_province(duty),
        was_due_at=was_due_at,
        due_at=duty.due_at,
        deadline_rule=duty.deadline_rule,
        because=because,
    )


def duty_excused(duty: Duty, because: str, revision: int, occurred_at: datetime) -> DutyExcused:
    """Return the event of a unit that does not owe this, whatever was published before."""
    return DutyExcused(
        event_id=_event_id("DutyExcused", duty, revision),
        occurred_at=occurred_at,
        **_slot_and_province(duty),
        because=because,
    )


def _slot_and_province(duty: Duty) -> dict[str, str]:
    return {**duty.slot._asdict(), "province": duty.province}


def _event_id(event: str, duty: Duty, revision: int) -> str:
    # The first incarnation has no suffix: its ids are older than the field.
    incarnation = (duty.incarnation,) if duty.incarnation else ()
    return derived_id(event, *duty.slot, duty.due_at.timestamp(), revision, *incarnation)
