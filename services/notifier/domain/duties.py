"""
The life of a duty: a unit owes a form for a period by a due instant.

``TRANSITIONS`` is all of it. A duty is met on time when the report's first receipt lies before the
due instant; that is derived, never stored. A withdrawn report opens the duty again, and the next
scan decides whether that makes it overdue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.contracts.duties import DutyBecameOverdue, DutyEvent, DutyMet, DutyOpened
from shared.contracts.event import derived_id


class State(StrEnum):
    """How a duty stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    MET = "met"


class Happening(StrEnum):
    """What can happen to a duty."""

    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    FELL_OVERDUE = "fell_overdue"
    POSTPONED = "postponed"


TRANSITIONS: Mapping[tuple[State, Happening], State] = {
    (State.OPEN, Happening.REPORTED): State.MET,
    (State.OPEN, Happening.WITHDRAWN): State.OPEN,
    (State.OPEN, Happening.FELL_OVERDUE): State.OVERDUE,
    (State.OPEN, Happening.POSTPONED): State.OPEN,
    (State.OVERDUE, Happening.REPORTED): State.MET,
    (State.OVERDUE, Happening.WITHDRAWN): State.OPEN,
    (State.OVERDUE, Happening.POSTPONED): State.OPEN,
    (State.MET, Happening.REPORTED): State.MET,
    (State.MET, Happening.WITHDRAWN): State.OPEN,
    (State.MET, Happening.POSTPONED): State.MET,
}


class IllegalTransition(Exception):
    """Something happened to a duty that cannot happen to it as it stands."""

    def __init__(self, state: State, happening: Happening) -> None:
        super().__init__(f"a duty that is {state} cannot be {happening}")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Unit, form and period: what counts once."""

    unit: str
    form: str
    period: str


@dataclass(frozen=True, slots=True)
class Filing:
    """The newest revision of a slot that was seen; without ``first_received_at``, withdrawn."""

    revision: int
    first_received_at: datetime | None

    @property
    def withdrawn(self) -> bool:
        """Tell whether the slot counts nothing now."""
        return self.first_received_at is None


@dataclass(frozen=True, slots=True)
class Duty:
    """What a unit owes, to which committee, until when, and how that stands."""

    slot: Slot
    province: str
    committee: str
    due_at: datetime
    deadline_rule: str
    state: State = State.OPEN


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one slot; a report may arrive long before the duty opens."""

    filing: Filing | None = None
    duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one decision changes, and what it has to tell the world, in order."""

    filings: Mapping[Slot, Filing] = field(default_factory=dict)
    duties: Mapping[Slot, Duty] = field(default_factory=dict)
    events: tuple[DutyEvent, ...] = ()


def advance(duty: Duty, happening: Happening) -> Duty:
    """
    Return the duty after what happened to it.

    Raises:
        IllegalTransition: when the table does not know of it.

    """
    after = TRANSITIONS.get((duty.state, happening))
    if after is None:
        raise IllegalTransition(duty.state, happening)
    return replace(duty, state=after)


def tell_opened(duty: Duty, revision: int, occurred_at: datetime) -> DutyOpened:
    """Say that the duty is owed, for the first time or again since *revision* withdrew it."""
    return DutyOpened(
        event_id=_event_id("DutyOpened", duty, revision),
        occurred_at=occurred_at,
        **_names(duty),
        due_at=duty.due_at,
        deadline_rule=duty.deadline_rule,
    )


def tell_overdue(duty: Duty, revision: int, occurred_at: datetime) -> DutyBecameOverdue:
    """Say that the due instant passed and no report stands."""
    return DutyBecameOverdue(
        event_id=_event_id("DutyBecameOverdue", duty, revision),
        occurred_at=occurred_at,
        **_names(duty),
        due_at=duty.due_at,
    )


def tell_met(duty: Duty, revision: int, received_at: datetime, occurred_at: datetime) -> DutyMet:
    """Say that the report is there, and whether it came before the due instant."""
    return DutyMet(
        event_id=_event_id("DutyMet", duty, revision),
        occurred_at=occurred_at,
        **_names(duty),
        first_received_at=received_at,
        on_time=received_at < duty.due_at,
    )


def _names(duty: Duty) -> dict[str, str]:
    slot = duty.slot
    return {
        "unit": slot.unit,
        "province": duty.province,
        "form": slot.form,
        "period": slot.period,
    }


def _event_id(name: str, duty: Duty, revision: int) -> str:
    slot = duty.slot
    return derived_id(name, slot.unit, slot.form, slot.period, duty.due_at.timestamp(), revision)
