"""
Which duties open, and when: directory × form × period, for every demand of every committee.

A duty opens when the period's window closes, or at its due instant where a letter wants the report
earlier: as late as possible, because who is alive on the window's last day is a fact only then.
What changed facts do to duties that stand already is in ``reconcile.py``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.duties import (
    Changes,
    Duty,
    Entry,
    Happening,
    Slot,
    advance,
    tell_met,
    tell_opened,
)
from shared.contracts.duties import DutyEvent
from shared.reference.catalogue import Catalogue
from shared.reference.committees import Committee, Demand
from shared.reference.deadlines import Due
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period

DueOf = Callable[[str, Period, str], Due | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """
    The duties that one demand makes, and the instant from which they exist.

    ``letters`` and ``extensions`` are the documents of any committee that can have set their dates.
    """

    opens_at: datetime
    duties: tuple[Duty, ...]
    letters: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()


def openings(
    committees: Iterable[Committee], catalogue: Catalogue, directory: Directory, due_of: DueOf
) -> tuple[Opening, ...]:
    """
    Return what the committees' demands open, in the order of time.

    Raises:
        FactError: when a demand names a form or period that nobody can report.

    """
    known = tuple(committees)
    found = (
        _opening(committee, demand, _Facts(known, catalogue, directory, due_of))
        for committee in known
        for demand in committee.demands
    )
    return tuple(sorted((it for it in found if it.duties), key=lambda it: it.opens_at))


def open_duties(entries: Mapping[Slot, Entry], asked: Iterable[Duty], now: datetime) -> Changes:
    """
    Return what opening these duties changes; those that stand already stay as they are.

    A duty whose report is there is met at once.
    """
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for duty in asked:
        entry = entries.get(duty.slot, Entry())
        if entry.duty is not None:
            continue
        filing, opened = entry.filing, duty
        events.append(tell_opened(opened, filing.revision if filing else 0, now))
        if filing is not None and filing.first_received_at is not None:
            opened = advance(opened, Happening.REPORTED)
            events.append(tell_met(opened, filing, filing.first_received_at, now))
        duties[duty.slot] = opened
    return Changes(duties=duties, events=tuple(events))


@dataclass(frozen=True, slots=True)
class _Facts:
    committees: tuple[Committee, ...]
    catalogue: Catalogue
    directory: Directory
    due_of: DueOf


def _opening(committee: Committee, demand: Demand, reference: _Facts) -> Opening:
    period = parse_period(demand.period)
    form = reference.catalogue.form(demand.form, period) if period else None
    if period is None or form is None or not form.accepts(period):
        where, what = f"committee {committee.key}", f"{demand.form} {demand.period}"
        raise FactError("committees", where, f"demands {what}, which nobody can report")
    if not committee.asks_for(period):
        return Opening(period.closes_at, ())
    duties = tuple(
        _duty(
            Slot(unit.key, demand.form, demand.period),
            due,
            committee,
            reference.directory.province(unit.key, period.last_day),
        )
        for unit in reference.directory.owing(form, period, committee.area)
        if (due := reference.due_of(demand.form, period, unit.key)) is not None
    )
    opens_at = min((period.closes_at, *(duty.due_at for duty in duties)))
    return Opening(opens_at, duties, *_documents(demand, reference.committees))


def _documents(
    demand: Demand, committees: Iterable[Committee]
) -> tuple[frozenset[str], frozenset[str]]:
    asked = (demand.form, demand.period)
    return (
        frozenset(
            it.document for c in committees for it in c.demands if (it.form, it.period) == asked
        ),
        frozenset(
            it.document for c in committees for it in c.extensions if (it.form, it.period) == asked
        ),
    )


def _duty(slot: Slot, due: Due, committee: Committee, province: str) -> Duty:
    return Duty(slot, province, committee.key, due_at=due.at, deadline_rule=due.rule_code)
