"""
How changed reference data affect existing duties.

A due instant moves later or not at all: time once granted cannot make a unit late. A unit that is
no longer obliged is excused. A met duty keeps its verdict.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.notifier.domain.changes import (
    DueChange,
    DueChangeCause,
    DutyChanges,
    merged,
    met_by,
)
from services.notifier.domain.duties import Duty, DutyState, DutyTrigger, SlotRecord, advance
from services.notifier.domain.duty_events import duty_excused, duty_opened, duty_postponed
from services.notifier.domain.obligations import Obligations
from shared.contracts.duties import DutyEvent

NOT_OWED, NOT_DEMANDED, MOVED = "not_owed", "not_demanded", "moved"


def reconcile(records: Iterable[SlotRecord], obligations: Obligations, at: datetime) -> DutyChanges:
    """Return the changes that bring these duties in line with the obligations."""
    return merged(
        _changes(record, record.duty, obligations, at)
        for record in records
        if record.duty is not None and not agrees(record.duty, obligations)
    )


def agrees(duty: Duty, obligations: Obligations) -> bool:
    """Tell whether a duty is in line with the obligations already."""
    if duty.state is DutyState.MET:
        return True
    required = obligations.duties.get(duty.slot)
    if required is None or duty.state is DutyState.EXCUSED:
        return required is None and duty.state is DutyState.EXCUSED
    same_parties = (required.province, required.committee) == (duty.province, duty.committee)
    return same_parties and required.due_at <= duty.due_at


def _changes(record: SlotRecord, duty: Duty, obligations: Obligations, at: datetime) -> DutyChanges:
    required = obligations.duties.get(duty.slot)
    if required is None:
        return _excuse(record, duty, _why_excused(duty, obligations), at)
    due_change = _due_change(duty, required, obligations, at)
    if duty.state is DutyState.EXCUSED:
        return _reinstate(record, duty, required, due_change, at)
    if required.province == duty.province:
        return _postpone(record, duty, required, due_change)
    # Published in both provinces: the duty ends in one and begins in the other.
    ended = _excuse(record, duty, MOVED, at)
    begun = _reinstate(record, ended.duties[duty.slot], required, due_change, at)
    return merged((ended, begun))


def _excuse(record: SlotRecord, duty: Duty, because: str, at: datetime) -> DutyChanges:
    excused = replace(advance(duty, DutyTrigger.EXCUSED), incarnation=duty.incarnation + 1)
    event = duty_excused(excused, because, record.revision, at)
    return DutyChanges(duties={duty.slot: excused}, events=(event,))


def _reinstate(
    record: SlotRecord, duty: Duty, required: Duty, due_change: DueChange | None, at: datetime
) -> DutyChanges:
    duty = advance(_follow(duty, required, due_change), DutyTrigger.REINSTATED)
    events: list[DutyEvent] = [duty_opened(duty, record.revision, at)]
    if met := met_by(record.filing, duty, at):
        duty = met[0]
        events.append(met[1])
    due_changes = (due_change,) if due_change else ()
    return DutyChanges({}, {duty.slot: duty}, tuple(events), due_changes)


def _postpone(
    record: SlotRecord, duty: Duty, required: Duty, due_change: DueChange | None
) -> DutyChanges:
    if due_change is None:
        return DutyChanges(duties={duty.slot: replace(duty, committee=required.committee)})
    later = advance(_follow(duty, required, due_change), DutyTrigger.POSTPONED)
    event = duty_postponed(
        later, due_change.was, due_change.because, record.revision, due_change.at
    )
    return DutyChanges({}, {duty.slot: later}, (event,), (due_change,))


def _follow(duty: Duty, required: Duty, due_change: DueChange | None) -> Duty:
    """Return the duty with the required parties, and with the due instant where it moves."""
    if due_change:
        duty = replace(duty, due_at=required.due_at, deadline_rule=required.deadline_rule)
    return replace(duty, province=required.province, committee=required.committee)


def _due_change(
    duty: Duty, required: Duty, obligations: Obligations, at: datetime
) -> DueChange | None:
    if required.due_at <= duty.due_at:
        return None
    rule = required.deadline_rule
    because, document = _cause(duty.deadline_rule, rule, obligations)
    return DueChange(duty.slot, duty.due_at, required.due_at, rule, because, document, at)


def _cause(was: str, rule: str, obligations: Obligations) -> tuple[DueChangeCause, str]:
    """Return the cause and the document cited, "" where none is."""
    if rule in obligations.extension_documents:
        return DueChangeCause.EXTENSION, rule
    if rule in obligations.demand_documents:
        return DueChangeCause.LETTER, rule
    return (DueChangeCause.RECOMPUTED if rule == was else DueChangeCause.RULE), ""


def _why_excused(duty: Duty, obligations: Obligations) -> str:
    if duty.slot in obligations.unasked:
        return obligations.unasked[duty.slot]
    demanded = (duty.slot.form, duty.slot.period) in obligations.demanded
    return NOT_OWED if demanded else NOT_DEMANDED
