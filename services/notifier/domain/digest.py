"""
The digest: one message for a committee's contact, naming the units that are late.

Most overdue first, then by name in Vietnamese order. What it says holds at ``as_of``: everything
received before that instant had been looked at.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from services.notifier.domain.duties import Duty, Slot, State
from services.notifier.domain.scan import Recipient
from shared.domain.catalogue import Catalogue
from shared.domain.committees import Committee
from shared.domain.directory import Directory, Unit
from shared.domain.periods import VIETNAM, Period, parse_period
from shared.domain.working_days import WorkingCalendar

NameKey = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is about to be sent, and the duties it names, as they stand now."""

    notice_id: str
    recipient: Recipient
    attempt: int
    duties: tuple[Duty, ...]

    @property
    def late(self) -> tuple[Duty, ...]:
        """Return the duties that are still overdue: only these may be named."""
        return tuple(it for it in self.duties if it.state is State.OVERDUE)

    @property
    def settled(self) -> tuple[Slot, ...]:
        """Return the slots to leave out: reported, or granted more time, since it was planned."""
        return tuple(it.slot for it in self.duties if it.state is not State.OVERDUE)


@dataclass(frozen=True, slots=True)
class Line:
    """One late unit; ``working_days_late`` is None beyond the calendar's range."""

    unit: str
    name: str
    working_days_late: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """The units late with one form for one period, and how the whole area stands."""

    form: str
    title: str
    period: Period
    due_at: datetime
    document: str
    reported: int
    expected: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """All that the letter says, before it is put into words."""

    committee: str
    area: str
    letter_style: str
    contact: str
    as_of: datetime
    sections: tuple[Section, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Return the keys of the units named, each once, in the letter's order."""
        return tuple(dict.fromkeys(it.unit for part in self.sections for it in part.lines))


@dataclass(frozen=True)
class Registers:
    """The facts that a digest is written from."""

    catalogue: Catalogue
    directory: Directory
    calendar: WorkingCalendar
    name_key: NameKey

    def owing(self, form: str, period: str, area: str) -> tuple[Unit, ...]:
        """Return the units of an area that owe a form for a period."""
        known = parse_period(period)
        version = self.catalogue.form(form, known) if known else None
        if known is None or version is None:
            return ()
        return self.directory.owing(version, known, area)


def compose(
    committee: Committee,
    address: str,
    late: Iterable[Duty],
    reported: Mapping[tuple[str, str], int],
    as_of: datetime,
    registers: Registers,
) -> Digest:
    """Return the digest of these late duties; *reported* counts who has sent, by form, period."""

    def place(duty: Duty) -> tuple[datetime, str, str]:
        return duty.due_at, duty.slot.form, duty.slot.period

    sections = [
        _section(committee, tuple(duties), reported, as_of, registers)
        for _, duties in groupby(sorted(late, key=place), place)
    ]
    area = registers.directory.get(committee.area)
    names = [it.name for it in committee.contacts if it.email == address]
    return Digest(
        committee=plain(committee.name_vi),
        area=plain(area.name if area else committee.area),
        letter_style=committee.letter_style,
        contact=plain(names[0] if names else address),
        as_of=as_of,
        sections=tuple(sections),
    )


def plain(text: str) -> str:
    """Return a name on one line, without the invisible characters that turn or hide text."""
    visible = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(visible).split())


def _section(
    committee: Committee,
    duties: Sequence[Duty],
    reported: Mapping[tuple[str, str], int],
    as_of: datetime,
    registers: Registers,
) -> Section:
    slot, due_at = duties[0].slot, duties[0].due_at
    period = parse_period(slot.period)
    if period is None:
        raise ValueError(f"a duty for {slot.period!r}, which is no period")
    form = registers.catalogue.form(slot.form, period)
    documents = [
        it.document for it in committee.demands if (it.form, it.period) == (slot.form, slot.period)
    ]
    days_late = _working_days_late(due_at, as_of, registers.calendar)
    names = {it.slot.unit: _name(it.slot.unit, registers.directory) for it in duties}
    order = sorted(names, key=lambda unit: (registers.name_key(names[unit]), unit))
    return Section(
        form=slot.form,
        title=plain(form.title_vi if form else slot.form),
        period=period,
        due_at=due_at,
        document=plain(documents[0]) if documents else "",
        reported=reported.get((slot.form, slot.period), 0),
        expected=len(registers.owing(slot.form, slot.period, committee.area)),
        lines=tuple(Line(unit, names[unit], days_late) for unit in order),
    )


def _name(unit: str, directory: Directory) -> str:
    known = directory.get(unit)
    return plain(known.name if known else unit)


def _working_days_late(due_at: datetime, as_of: datetime, calendar: WorkingCalendar) -> int | None:
    first, last = due_at.astimezone(VIETNAM).date(), as_of.astimezone(VIETNAM).date()
    if not (calendar.covers(first) and calendar.covers(last)):
        return None
    return max(0, calendar.working_days_between(first, last))
