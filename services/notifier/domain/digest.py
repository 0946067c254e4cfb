"""
The digest: one message for a committee's contact, naming the units that are late.

Most overdue first, then by name in Vietnamese order. What it says holds at ``as_of``: everything
received before that instant had been looked at. A unit that has ended since is named with its last
day and with who answers for it now: names are used again, and the old Tây Ninh is not today's.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from services.notifier.domain.duties import Duty, Slot, State
from services.notifier.domain.scan import Recipient
from shared.reference.catalogue import Catalogue
from shared.reference.committees import Committee, Contact, Demand, Extension
from shared.reference.directory import Directory, Unit
from shared.reference.lineage import Lineage
from shared.reference.periods import VIETNAM, Period, parse_period
from shared.reference.working_days import WorkingCalendar

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
class Named:
    """
    A unit as a letter names it.

    ``last_day`` is None while it exists. ``successors`` answer for it since; it passed whole when
    there is one of its own level.
    """

    name: str
    last_day: date | None = None
    successors: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One late unit; ``working_days_late`` is None beyond the calendar's range."""

    unit: str
    named: Named
    working_days_late: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """
    The units late with one form for one period, and how the whole area stands.

    ``wording`` is what the letter said of the date, ``extension`` the document that granted more
    time; both are "" where there is none.
    """

    form: str
    title: str
    period: Period
    due_at: datetime
    wording: str
    document: str
    extension: str
    reported: int
    expected: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """All that the letter says, before it is put into words."""

    committee: str
    area: Named
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
    lineage: Lineage
    calendar: WorkingCalendar
    committees: Sequence[Committee]
    name_key: NameKey

    def owing(self, form: str, period: str, area: str) -> tuple[Unit, ...]:
        """Return the units of an area that owe a form for a period."""
        known = parse_period(period)
        version = self.catalogue.form(form, known) if known else None
        if known is None or version is None:
            return ()
        return self.directory.owing(version, known, area)

    def named(self, key: str, day: date) -> Named:
        """Return how to name a unit on a day."""
        unit, states = self.directory.get(key, day), self.directory.states(key)
        if unit is None:
            return Named(plain(key))
        last_day = states[-1].valid_to
        if last_day is None or day <= last_day:
            return Named(plain(unit.name))
        keys = self.lineage.answers_for(key, day, self.directory)
        heirs = [it for heir in keys if (it := self.directory.get(heir, day)) is not None]
        whole = [it.level for it in heirs] == [unit.level]
        names = sorted((plain(it.name) for it in heirs), key=self.name_key)
        return Named(plain(unit.name), last_day, tuple(names), whole)


def compose(
    committee: Committee,
    contact: Contact,
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
    return Digest(
        committee=plain(committee.name_vi),
        area=registers.named(committee.area, _day(as_of)),
        letter_style=committee.letter_style,
        contact=plain(contact.name),
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
    days_late = _working_days_late(due_at, as_of, registers.calendar)
    named = {it.slot.unit: registers.named(it.slot.unit, _day(as_of)) for it in duties}
    order = sorted(named, key=lambda unit: (registers.name_key(named[unit].name), unit))
    asked = [it for it in committee.demands if (it.form, it.period) == (slot.form, slot.period)]
    letter = _letter(duties[0], registers.committees)
    return Section(
        form=slot.form,
        title=plain(form.title_vi if form else slot.form),
        period=period,
        due_at=due_at,
        wording=plain(letter.wording) if letter else "",
        document=plain(asked[0].document) if asked else "",
        extension=plain(letter.document) if isinstance(letter, Extension) else "",
        reported=reported.get((slot.form, slot.period), 0),
        expected=len(registers.owing(slot.form, slot.period, committee.area)),
        lines=tuple(Line(unit, named[unit], days_late) for unit in order),
    )


def _letter(duty: Duty, committees: Iterable[Committee]) -> Demand | Extension | None:
    """Return the letter that sets a duty's date; None for a rule, or words no longer in force."""
    slot = duty.slot
    for committee in committees:
        letters: list[Demand | Extension] = [*committee.demands, *committee.extensions]
        for letter in letters:
            asks = (letter.form, letter.period) == (slot.form, slot.period)
            if asks and (letter.document, letter.due_at) == (duty.deadline_rule, duty.due_at):
                return letter
    return None


def _working_days_late(due_at: datetime, as_of: datetime, calendar: WorkingCalendar) -> int | None:
    # The midnight that ends the last acceptable day is not yet a day of its own.
    first, last = _day(due_at - timedelta.resolution), _day(as_of)
    if not (calendar.covers(first) and calendar.covers(last)):
        return None
    return max(0, calendar.working_days_between(first, last))


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
