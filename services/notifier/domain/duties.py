"""
The life of a duty: a unit owes a form for a period by a due instant.

``TRANSITIONS`` is all of it. Whether a duty was met on time is intake's verdict, judged once, and
no change of reference data judges it anew. A withdrawn report opens the duty again, and the next
scan decides whether that makes it overdue. A duty that facts no longer know is excused, not
deleted: it comes back when the facts are corrected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.contracts.duties import (
    DutyBecameOverdue,
    DutyEvent,
    DutyExcused,
    DutyMet,
    DutyOpened,
    DutyPostponed,
)
from shared.contracts.event import derived_id


class State(StrEnum):
    """How a duty stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    MET = "met"
    EXCUSED = "excused"


class Happening(StrEnum):
    """What can happen to a duty."""

    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    FELL_OVERDUE = "fell_overdue"
    POSTPONED = "postponed"
    EXCUSED = "excused"
    REINSTATED = "reinstated"


TRANSITIONS: Mapping[tuple[State, Happening], State] = {
    (State.OPEN, Happening.REPORTED): State.MET,
    (State.OPEN, Happening.WITHDRAWN): State.OPEN,
    (State.OPEN, Happening.FELL_OVERDUE): State.OVERDUE,
    (State.OPEN, Happening.POSTPONED): State.OPEN,
    (State.OPEN, Happening.EXCUSED): State.EXCUSED,
    (State.OVERDUE, Happening.REPORTED): State.MET,
    (State.OVERDUE, Happening.WITHDRAWN): State.OPEN,
    (State.OVERDUE, Happening.POSTPONED): State.OPEN,
    (State.OVERDUE, Happening.EXCUSED): State.EXCUSED,
    (State.MET, Happening.REPORTED): State.MET,
    (State.MET, Happening.WITHDRAWN): State.OPEN,
    (State.EXCUSED, Happening.REPORTED): State.EXCUSED,
    (State.EXCUSED, Happening.WITHDRAWN): State.EXCUSED,
    (State.EXCUSED, Happening.REINSTATED): State.OPEN,
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
    """
    The newest revision of a slot that was seen; without ``first_received_at``, withdrawn.

    ``on_time`` is intake's verdict; None in filings older than the field.
    """

    revision: int
    first_received_at: datetime | None
    on_time: bool | None = None

    @property
    def withdrawn(self) -> bool:
        """Tell whether the slot counts nothing now."""
        return self.first_received_at is None


@dataclass(frozen=True, slots=True)
class Duty:
    """
    What a unit owes, to which committee, until when, and how that stands.

    ``turn`` counts how often it was excused, so that what is told after a return is told anew.
    """

    slot: Slot
    province: str
    committee: str
    due_at: datetime
    deadline_rule: str
    state: State = State.OPEN
    turn: int = 0


class Because(StrEnum):
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
    """One line of the audit: how a due instant moved; ``document`` is "" where none is cited."""

    slot: Slot
    was: datetime
    becomes: datetime
    rule: str
    because: Because
    document: str
    at: datetime


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
    due_changes: tuple[DueChange, ...] = ()


def together(parts: Iterable[Changes]) -> Changes:
    """Return all these changes as one; of one slot the last holds."""
    filings: dict[Slot, Filing] = {}
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    due_changes: list[DueChange] = []
    for part in parts:
        filings.update(part.filings)
        duties.update(part.duties)
        events += part.events
        due_changes += part.due_changes
    return Changes(filings, duties, tuple(events), tuple(due_changes))


def after(entries: Iterable[Entry], changes: Changes) -> list[Entry]:
    """Return how these slots stand once the changes are made."""
    return [
        Entry(
            changes.filings.get(it.duty.slot, it.filing),
            changes.duties.get(it.duty.slot, it.duty),
        )
        if it.duty
        else it
        for it in entries
    ]


def advance(duty: Duty, happening: Happening) -> Duty:
    """
    Return the duty after what happened to it.

    Raises:
        IllegalTransition: when the table does not know of it.

    """
    state = TRANSITIONS.get((duty.state, happening))
    if state is None:
        raise IllegalTransition(duty.state, happening)
    return replace(duty, state=state)


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


def tell_met(duty: Duty, filing: Filing, received_at: datetime, occurred_at: datetime) -> DutyMet:
    """Say that the report is there, and whether it came in time by the verdict at its receipt."""
    judged = filing.on_time
    return DutyMet(
        event_id=_event_id("DutyMet", duty, filing.revision),
        occurred_at=occurred_at,
        **_names(duty),
        first_received_at=received_at,
        on_time=received_at < duty.due_at if judged is None else judged,
    )


def tell_postponed(duty: Duty, change: DueChange, revision: int) -> DutyPostponed:
    """Say that the unit has more time; if the duty was overdue, it is no longer."""
    return DutyPostponed(
        event_id=_event_id("DutyPostponed", duty, revision),
        occurred_at=change.at,
        **_names(duty),
        was_due_at=change.was,
        due_at=change.becomes,
        deadline_rule=change.rule,
        because=change.because,
    )


def tell_excused(duty: Duty, because: str, revision: int, occurred_at: datetime) -> DutyExcused:
    """Say that the unit does not owe this, whatever was told before."""
    return DutyExcused(
        event_id=_event_id("DutyExcused", duty, revision),
        occurred_at=occurred_at,
        **_names(duty),
        because=because,
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
    slot, due = duty.slot, duty.due_at.timestamp()
    turn = (duty.turn,) if duty.turn else ()  # a first life keeps the ids it always had
    return derived_id(name, slot.unit, slot.form, slot.period, due, revision, *turn)
