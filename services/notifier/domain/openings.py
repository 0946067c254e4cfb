"""
Which duties open, and when: directory × form × period, for every demand of every committee.

A duty opens when the period's window closes, or at its due instant where a letter wants the report
earlier: as late as possible, because only the window's last day decides which units exist. How
changed reference data affect duties that exist already is in ``reconcile.py``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.changes import DutyChanges, met_by
from services.notifier.domain.duties import Duty, SlotRecord
from services.notifier.domain.duty_events import duty_opened
from shared.contracts.duties import DutyEvent
from shared.reference.committees import Committee, Demand
from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot


@dataclass(frozen=True, slots=True)
class DutyOpening:
    """
    The duties of one demand, and the instant from which they exist.

    The documents are those of all committees that can have set the due instants.
    """

    opens_at: datetime
    duties: tuple[Duty, ...]
    demand_documents: frozenset[str] = frozenset()
    extension_documents: frozenset[str] = frozenset()


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
    return tuple(sorted((it for it in openings if it.duties), key=lambda it: it.opens_at))


def duty_opening(committee: Committee, demand: Demand, reference: ReferenceData) -> DutyOpening:
    """
    Return the duties of one demand; none when the committee had ended.

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
        duties = _duties(committee, demand, period, (it.key for it in units), reference)
    except ValueError as problem:
        raise FactError("calendar", f"committee {committee.key}", str(problem)) from problem
    opens_at = min((period.closes_at, *(duty.due_at for duty in duties)))
    return DutyOpening(opens_at, duties, *_documents(demand, reference.committees))


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


def _duties(
    committee: Committee,
    demand: Demand,
    period: Period,
    units: Iterable[str],
    reference: ReferenceData,
) -> tuple[Duty, ...]:
    return tuple(
        Duty(
            Slot(unit, demand.form, demand.period),
            reference.directory.province(unit, period.last_day),
            committee.key,
            due_at=due.at,
            deadline_rule=due.rule_code,
        )
        for unit in units
        if (due := reference.due(demand.form, period, unit)) is not None
    )


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
