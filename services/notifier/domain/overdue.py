"""Which due duties became overdue; never one whose report counts."""

from collections.abc import Iterable

from services.notifier.domain.changes import DutyChanges, met_by
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.duties import Duty, DutyState, DutyTrigger, SlotRecord, advance
from services.notifier.domain.duty_events import duty_became_overdue
from shared.contracts.duties import DutyEvent
from shared.reference.slots import Slot


def call_overdue(due: Iterable[SlotRecord], complete: Completeness) -> DutyChanges:
    """
    Return the changes of open duties that *complete* allows to judge.

    A duty whose report counts is met,
    whatever kept it open; one that is not due yet stays as it is.
    """
    as_of = complete.as_of
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for record in due:
        duty = record.duty
        if duty is None or duty.state is not DutyState.OPEN or not complete.can_judge(duty):
            continue
        if met := met_by(record.filing, duty, as_of):
            duties[duty.slot] = met[0]
            events.append(met[1])
        else:
            overdue = duties[duty.slot] = advance(duty, DutyTrigger.FELL_OVERDUE)
            events.append(duty_became_overdue(overdue, record.revision, as_of))
    return DutyChanges(duties=duties, events=tuple(events))
