"""
What a scan decides: which duties became overdue, and who is to be told of them.

Nobody is called overdue whose report stands. A digest collects everything that its recipient has
not been told: one message for an hour, however many units are late.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from services.notifier.domain.duties import (
    Changes,
    Duty,
    Entry,
    Happening,
    Slot,
    State,
    advance,
    tell_met,
    tell_overdue,
)
from shared.contracts.duties import DutyEvent
from shared.contracts.event import derived_id
from shared.reference.committees import Committee, Contact
from shared.reference.directory import Directory
from shared.reference.periods import parse_period

STAGE_OVERDUE = "overdue"
DIGEST_INTERVAL = timedelta(hours=1)
_CONTACTS_REMEMBERED = 4096


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """A person of a committee, on one channel."""

    committee: str
    address: str
    channel: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies ready for a recipient: the digest that still takes items, and the last one sent."""

    collecting: str | None = None
    last_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A digest that begins; ``notice_id`` follows from its first item, so it exists once."""

    notice_id: str
    recipient: Recipient
    send_after: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """A duty at a stage, named in a notice, with the due instant that it had then."""

    notice_id: str
    slot: Slot
    due_at: datetime
    stage: str
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent."""

    notices: tuple[NewNotice, ...] = ()
    items: tuple[Item, ...] = ()


Audience = Callable[[Duty, date], Sequence[Recipient]]
"""Who hears of a duty on a day: roles have dates."""

Addressed = Mapping[Recipient, Sequence[tuple[Duty, int]]]
"""
Overdue duties by recipient, each with the revision at which it fell overdue: a telling that was
called off leaves its ``notice_id`` behind, and the next one after a withdrawal needs another.
"""

Told = Collection[tuple[Slot, str, str]]
"""
Slot, address and channel of every item that holds already for the stage. What was sent while
another due instant stood does not: the unit is late anew, or the letter was wrong.
"""


def audience(
    committees: Sequence[Committee], directory: Directory, channels: Sequence[str]
) -> Audience:
    """
    Return who hears of a duty: the contacts of each committee of its area that demanded it.

    Only those whose role is in force on the day, of committees that exist on it.
    """
    demanding: dict[tuple[str, str], list[Committee]] = {}
    for committee in committees:
        for form, period in dict.fromkeys((it.form, it.period) for it in committee.demands):
            demanding.setdefault((form, period), []).append(committee)

    by_key = {it.key: it for it in committees}

    @lru_cache(maxsize=_CONTACTS_REMEMBERED)  # by key: a committee is long to hash
    def contacts(key: str, day: date) -> tuple[Contact, ...]:
        committee = by_key[key]
        return committee.contacts_on(day) if committee.in_force(day) else ()

    def of(duty: Duty, day: date) -> Sequence[Recipient]:
        unit, period = duty.slot.unit, parse_period(duty.slot.period)
        # Where it lay when the period ended; a new directory may have forgotten the unit.
        known = directory.get(unit) is not None
        path = directory.path(unit, period.last_day if period else None) if known else ()
        areas = {unit, *path, duty.province}
        return [
            Recipient(committee.key, contact.email, channel)
            for committee in demanding.get((duty.slot.form, duty.slot.period), ())
            if committee.area in areas
            for contact in contacts(committee.key, day)
            for channel in channels
        ]

    return of


def decide(due: Iterable[Entry], as_of: datetime) -> Changes:
    """
    Return what becomes of open duties whose due instant lies before *as_of*.

    Everything received before *as_of* must be known. A duty whose report stands is met, whatever
    kept it open; one that is not due yet stays as it is.
    """
    duties: dict[Slot, Duty] = {}
    events: list[DutyEvent] = []
    for entry in due:
        duty, filing = entry.duty, entry.filing
        if duty is None or duty.state is not State.OPEN or duty.due_at >= as_of:
            continue
        revision = filing.revision if filing else 0
        if filing is not None and filing.first_received_at is not None:
            after = advance(duty, Happening.REPORTED)
            events.append(tell_met(after, filing, filing.first_received_at, as_of))
        else:
            after = advance(duty, Happening.FELL_OVERDUE)
            events.append(tell_overdue(after, revision, as_of))
        duties[duty.slot] = after
    return Changes(duties=duties, events=tuple(events))


def address(entries: Iterable[Entry], of: Audience, day: date) -> Addressed:
    """Return what each recipient ought to hear on a day of the duties here that are overdue."""
    found: dict[Recipient, list[tuple[Duty, int]]] = {}
    for entry in entries:
        if entry.duty is None or entry.duty.state is not State.OVERDUE:
            continue
        revision = entry.filing.revision if entry.filing else 0
        for recipient in of(entry.duty, day):
            found.setdefault(recipient, []).append((entry.duty, revision))
    return found


def plan(
    overdue: Addressed,
    told: Told,
    desks: Mapping[Recipient, Desk],
    now: datetime,
) -> Plan:
    """Return the notices and items that tell each recipient what it has not been told."""
    notices: list[NewNotice] = []
    items: list[Item] = []
    claimed = set(told)
    for recipient, duties in sorted(overdue.items()):
        fresh = [it for it in duties if _key(it[0], recipient) not in claimed]
        claimed.update(_key(duty, recipient) for duty, _ in fresh)
        if not fresh:
            continue
        desk = desks.get(recipient, Desk())
        notice_id = desk.collecting
        if notice_id is None:
            first = min(fresh, key=lambda it: (it[0].due_at, it[0].slot))
            notice_id = _notice_id(recipient, *first)
            notices.append(NewNotice(notice_id, recipient, _send_after(desk, now)))
        items += [
            Item(notice_id, duty.slot, duty.due_at, STAGE_OVERDUE, recipient) for duty, _ in fresh
        ]
    return Plan(tuple(notices), tuple(items))


def _send_after(desk: Desk, now: datetime) -> datetime:
    if desk.last_sent_at is None:
        return now
    return max(now, desk.last_sent_at + DIGEST_INTERVAL)


def _key(duty: Duty, recipient: Recipient) -> tuple[Slot, str, str]:
    return duty.slot, recipient.address, recipient.channel


def _notice_id(recipient: Recipient, first: Duty, revision: int) -> str:
    slot = first.slot
    return derived_id(
        "notice",
        recipient.channel,
        recipient.address,
        slot.unit,
        slot.form,
        slot.period,
        STAGE_OVERDUE,
        first.due_at.timestamp(),
        revision,
        *((first.turn,) if first.turn else ()),
    )
