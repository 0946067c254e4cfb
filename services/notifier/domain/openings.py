"""
Which duties open, and when: directory × form × period, for every demand of every committee.

A duty opens when the period's window closes, or at its due instant where a letter wants the report
earlier: as late as possible, because who is alive on the window's last day is a fact only then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from shared.domain.catalogue import Catalogue
from shared.domain.committees import Committee, Demand
from shared.domain.deadlines import Due
from shared.domain.directory import Directory, Unit
from shared.domain.errors import FactError
from shared.domain.periods import Period, parse_period

DueOf = Callable[[str, Period, str], Due | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """The duties that one demand makes, and the instant from which they exist."""

    opens_at: datetime
    duties: tuple[Duty, ...]


def openings(
    committees: Iterable[Committee], catalogue: Catalogue, directory: Directory, due_of: DueOf
) -> tuple[Opening, ...]:
    """
    Return what the committees' demands open, in the order of time.

    Raises:
        FactError: when a demand names a form or period that nobody can report.

    """
    found = (
        _opening(committee, demand, catalogue, directory, due_of)
        for committee in committees
        for demand in committee.demands
    )
    return tuple(sorted((it for it in found if it.duties), key=lambda it: it.opens_at))


def open_duties(entries: Mapping[Slot, Entry], wanted: Sequence[Duty], now: datetime) -> Changes:
    """
    Return what opening *wanted* changes where some of it may stand already.

    A duty whose report is there is met at once. The due instant of a duty that exists moves later
    when a letter grants more time, and never earlier.
    """
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for duty in wanted:
        entry = entries.get(duty.slot, Entry())
        after = duty if entry.duty is None else _postponed(entry.duty, duty)
        if after is None:
            continue
        revision = entry.filing.revision if entry.filing else 0
        received = entry.filing.first_received_at if entry.filing else None
        if entry.duty is None or received is None:
            events.append(tell_opened(after, revision, now))
        if received is not None:
            after = advance(after, Happening.REPORTED)
            events.append(tell_met(after, revision, received, now))
        duties[duty.slot] = after
    return Changes(duties=duties, events=tuple(events))


def _postponed(standing: Duty, wanted: Duty) -> Duty | None:
    if wanted.due_at <= standing.due_at:
        return None
    later = replace(standing, due_at=wanted.due_at, deadline_rule=wanted.deadline_rule)
    return advance(later, Happening.POSTPONED)


def _opening(
    committee: Committee,
    demand: Demand,
    catalogue: Catalogue,
    directory: Directory,
    due_of: DueOf,
) -> Opening:
    period = parse_period(demand.period)
    form = catalogue.form(demand.form, period) if period else None
    if period is None or form is None or not form.accepts(period):
        where, what = f"committee {committee.key}", f"{demand.form} {demand.period}"
        raise FactError("committees", where, f"demands {what}, which nobody can report")
    duties = tuple(
        _duty(unit, due, demand, committee, directory)
        for unit in directory.owing(form, period, committee.area)
        if (due := due_of(demand.form, period, unit.key)) is not None
    )
    opens_at = min((period.closes_at, *(duty.due_at for duty in duties)))
    return Opening(opens_at, duties)


def _duty(unit: Unit, due: Due, demand: Demand, committee: Committee, directory: Directory) -> Duty:
    return Duty(
        slot=Slot(unit.key, demand.form, demand.period),
        province=directory.province(unit.key),
        committee=committee.key,
        due_at=due.at,
        deadline_rule=due.rule_code,
    )
