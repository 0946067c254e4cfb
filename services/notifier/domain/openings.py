"""
Which duties open, and when: directory × form × period, for every demand of every committee.

A duty opens when the period's window closes, or at its due instant where a letter wants the report
earlier: as late as possible, because only the window's last day decides which units exist. How
changed reference data affect duties that exist already is in ``reconcile.py``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.notifier.domain.changes import DutyChanges, met_by
from services.notifier.domain.duties import Duty, SlotRecord
from services.notifier.domain.duty_events import duty_opened
from shared.contracts.duties import DutyEvent
from shared.reference.committees import Committee, Demand
from shared.reference.deadlines import Due
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class DutyOpening:
    """
    The duties of one demand, and the instant from which they exist.

    The documents are those of all committees that can have set the due instants. ``unasked`` says
    why nobody is asked for a slot that its unit owes.
    """

    opens_at: datetime
    duties: tuple[Duty, ...]
    demand_documents: frozenset[str] = frozenset()
    extension_documents: frozenset[str] = frozenset()
    unasked: Mapping[Slot, str] = field(default_factory=dict)


BEFORE_USE = "before_use"
"""It was due before anybody of the area could report here."""
UNITS_NOT_KNOWN = "units_not_known"
"""On the last day of the period the directory does not know the unit yet."""


def duty_openings(reference: ReferenceData) -> tuple[DutyOpening, ...]:
    """
    Return the duties of all demands, in the order of their opening.

    Raises:
        FactError: see ``duty_opening``.

    """
    openings = (
        duty_opening(committee, demand, reference)
        for committee in reference.committees
        for demand in committee.demands
    )
    asking = (it for it in openings if it.duties or it.unasked)
    return tuple(sorted(asking, key=lambda it: it.opens_at))


def duty_opening(committee: Committee, demand: Demand, reference: ReferenceData) -> DutyOpening:
    """
    Return the duties of one demand; none when the committee had ended.

    History is nobody's duty, and nobody is reminded of what it is not known to have owed.

    Raises:
        FactError: when no unit can report what it names, or the calendar ends too early.

    """
    period = parse_period(demand.period)
    form = reference.catalogue.form(demand.form, period) if period else None
    if period is None or form is None or not reference.regimes.takes(form, period):
        message = f"demands {demand.form} {demand.period}, which nobody can report"
        raise FactError("committees", f"committee {committee.key}", message)
    if not committee.asks_for(period):
        return DutyOpening(period.closes_at, ())
    units = reference.directory.owing(form, period, committee.area)
    try:
        owed = [
            (Slot(it.key, demand.form, demand.period), due)
            for it in units
            if (due := reference.due(demand.form, period, it.key)) is not None
        ]
    except ValueError as problem:
        raise FactError("calendar", f"committee {committee.key}", str(problem)) from problem
    unasked = {
        slot: why
        for slot, due in owed
        if (why := _why_unasked(reference.directory, slot, period, due))
    }
    duties = tuple(
        _duty(committee, slot, due, reference.directory.province(slot.unit, period.last_day))
        for slot, due in owed
        if slot not in unasked
    )
    opens_at = min((period.closes_at, *(duty.due_at for duty in duties)))
    return DutyOpening(opens_at, duties, *_documents(demand, reference.committees), unasked)


def open_duties(
    records: Mapping[Slot, SlotRecord], required: Iterable[Duty], now: datetime
) -> DutyChanges:
    """
    Return the changes of opening the required duties; those that exist stay as they are.

    A duty whose report is filed already is met at once.
    """
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for duty in required:
        record = records.get(duty.slot, SlotRecord())
        if record.duty is not None:
            continue
        duties[duty.slot] = duty
        events.append(duty_opened(duty, record.revision, now))
        if met := met_by(record.filing, duty, now):
            duties[duty.slot] = met[0]
            events.append(met[1])
    return DutyChanges(duties=duties, events=tuple(events))


def _why_unasked(directory: Directory, slot: Slot, period: Period, due: Due) -> str | None:
    if due.before_use:
        return BEFORE_USE
    return None if directory.known_on(slot.unit, period.last_day) else UNITS_NOT_KNOWN


def _duty(committee: Committee, slot: Slot, due: Due, province: str) -> Duty:
    return Duty(slot, province, committee.key, due_at=due.at, deadline_rule=due.rule_code)


def _documents(
    demand: Demand, committees: Iterable[Committee]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the documents of demands and of extensions for the same form and period."""
    key = demand.form, demand.period
    demands, extensions = set[str](), set[str]()
    for committee in committees:
        demands |= {it.document for it in committee.demands if (it.form, it.period) == key}
        extensions |= {it.document for it in committee.extensions if (it.form, it.period) == key}
    return frozenset(demands), frozenset(extensions)
