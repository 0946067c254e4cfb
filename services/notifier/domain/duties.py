"""
The life cycle of a duty: a unit owes a form for a period by a due instant.

``TRANSITIONS`` is the whole state machine; the diagram in docs/ARCHITECTURE.md is generated from
it. Whether a duty was met on time is intake's verdict, given once: no change of reference data
revises it. A withdrawn report reopens the duty, and the next scan decides whether it is overdue. A
duty that the reference data no longer requires is excused, not deleted: it is reinstated when the
data are corrected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.reference.slots import Slot


class DutyState(StrEnum):
    """The states of a duty."""

    OPEN = "open"
    OVERDUE = "overdue"
    MET = "met"
    EXCUSED = "excused"


class DutyTrigger(StrEnum):
    """What moves a duty from state to state."""

    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    FELL_OVERDUE = "fell_overdue"
    POSTPONED = "postponed"
    EXCUSED = "excused"
    REINSTATED = "reinstated"


INITIAL_STATE = DutyState.OPEN
TRANSITIONS: Mapping[tuple[DutyState, DutyTrigger], DutyState] = {
    (DutyState.OPEN, DutyTrigger.REPORTED): DutyState.MET,
    (DutyState.OPEN, DutyTrigger.WITHDRAWN): DutyState.OPEN,
    (DutyState.OPEN, DutyTrigger.FELL_OVERDUE): DutyState.OVERDUE,
    (DutyState.OPEN, DutyTrigger.POSTPONED): DutyState.OPEN,
    (DutyState.OPEN, DutyTrigger.EXCUSED): DutyState.EXCUSED,
    (DutyState.OVERDUE, DutyTrigger.REPORTED): DutyState.MET,
    (DutyState.OVERDUE, DutyTrigger.WITHDRAWN): DutyState.OPEN,
    (DutyState.OVERDUE, DutyTrigger.POSTPONED): DutyState.OPEN,
    (DutyState.OVERDUE, DutyTrigger.EXCUSED): DutyState.EXCUSED,
    (DutyState.MET, DutyTrigger.REPORTED): DutyState.MET,
    (DutyState.MET, DutyTrigger.WITHDRAWN): DutyState.OPEN,
    (DutyState.EXCUSED, DutyTrigger.REPORTED): DutyState.EXCUSED,
    (DutyState.EXCUSED, DutyTrigger.WITHDRAWN): DutyState.EXCUSED,
    (DutyState.EXCUSED, DutyTrigger.REINSTATED): DutyState.OPEN,
}


class IllegalTransition(Exception):
    """A trigger that the table does not allow in this state."""

    def __init__(self, state: DutyState, trigger: DutyTrigger) -> None:
        super().__init__(f"a duty that is {state} cannot be {trigger}")


@dataclass(frozen=True, slots=True)
class Filing:
    """
    The highest revision of a slot read so far; a withdrawal has no ``first_received_at``.

    ``on_time`` is intake's verdict; None in filings older than the field. What is ``backfilled`` is
    history entered after the fact, which is neither on time nor late.
    """

    revision: int
    first_received_at: datetime | None
    on_time: bool | None = None
    backfilled: bool = False

    @property
    def withdrawn(self) -> bool:
        """Tell whether no report of the slot counts now."""
        return self.first_received_at is None


@dataclass(frozen=True, slots=True)
class Duty:
    """
    What a unit owes, to which committee and until when, and its state.

    ``incarnation`` counts how often the duty was excused. It is part of event and notice ids, so
    that those after a reinstatement get new ones.
    """

    slot: Slot
    province: str
    committee: str
    due_at: datetime
    deadline_rule: str
    state: DutyState = INITIAL_STATE
    incarnation: int = 0


@dataclass(frozen=True, slots=True)
class SlotRecord:
    """Filing and duty of one slot; a report may be filed long before the duty opens."""

    filing: Filing | None = None
    duty: Duty | None = None

    @property
    def revision(self) -> int:
        """The revision filed, 0 where there is none."""
        return self.filing.revision if self.filing else 0


def advance(duty: Duty, trigger: DutyTrigger) -> Duty:
    """
    Return the duty in the state that the trigger leads to.

    Raises:
        IllegalTransition: when the table has no such transition.

    """
    state = TRANSITIONS.get((duty.state, trigger))
    if state is None:
        raise IllegalTransition(duty.state, trigger)
    return replace(duty, state=state)
