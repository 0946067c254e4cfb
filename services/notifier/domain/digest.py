"""
The content of a digest: a mail to a committee's contact that names the overdue units.

Most overdue first, then by name in Vietnamese order. It holds at ``as_of``: everything received
before that instant had been read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from services.notifier.domain.addressee import Addressee, addressee
from services.notifier.domain.duties import Duty
from services.notifier.domain.unit_names import UnitName, one_line, unit_name
from shared.reference.committee_people import Contact, Enquiries
from shared.reference.committees import Committee, Demand, Extension, letter_due
from shared.reference.directory import Unit
from shared.reference.periods import VIETNAM, Period, parse_period
from shared.reference.reference_data import ReferenceData
from shared.reference.vietnamese import name_key
from shared.reference.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One overdue unit; ``working_days_late`` is None beyond the calendar's range."""

    unit: str
    named: UnitName
    working_days_late: int | None


@dataclass(frozen=True, slots=True)
class DigestSection:
    """
    The units overdue with one form for one period, and the coverage of the whole area.

    ``label`` is what people call the period. ``wording`` is how the official letter words the date,
    ``document`` the letter that demands the report, ``extension`` the one that granted more time;
    each is "" where there is none.
    """

    form: str
    title: str
    period: Period
    label: str
    due_at: datetime
    wording: str
    document: str
    extension: str
    reported: int
    expected: int
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """
    The content of the mail, before it is rendered.

    ``enquiries`` are None, and ``how_to_send`` is "", where the committee states neither.
    """

    committee: str
    area: UnitName
    letter_style: str
    addressee: Addressee
    as_of: datetime
    sections: tuple[DigestSection, ...]
    enquiries: Enquiries | None = None
    how_to_send: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """The keys of the units named, each once, in the order of the mail."""
        lines = (line for section in self.sections for line in section.lines)
        return tuple(dict.fromkeys(line.unit for line in lines))


def obligated_units(
    form: str, period: str, area: str, reference: ReferenceData
) -> tuple[Unit, ...]:
    """Return the units of an area that owe a form for a period."""
    window = parse_period(period)
    version = reference.catalogue.form(form, window) if window else None
    if window is None or version is None:
        return ()
    return reference.directory.owing(version, window, area)


def compose(
    committee: Committee,
    contact: Contact,
    overdue: Iterable[Duty],
    reported: Mapping[tuple[str, str], int],
    as_of: datetime,
    reference: ReferenceData,
) -> Digest:
    """Return the digest of overdue duties; *reported* counts met duties by form and period."""

    def section_key(duty: Duty) -> tuple[datetime, str, str]:
        return duty.due_at, duty.slot.form, duty.slot.period

    sections = [
        _section(committee, tuple(duties), reported, as_of, reference)
        for _, duties in groupby(sorted(overdue, key=section_key), section_key)
    ]
    return Digest(
        committee=one_line(committee.name_vi),
        area=unit_name(committee.area, _day(as_of), reference),
        letter_style=committee.letter_style,
        addressee=addressee(contact),
        as_of=as_of,
        sections=tuple(sections),
        enquiries=_on_one_line(committee.enquiries),
        how_to_send=one_line(committee.how_to_send).rstrip("."),
    )


def _on_one_line(enquiries: Enquiries | None) -> Enquiries | None:
    if enquiries is None:
        return None
    return Enquiries(*map(one_line, (enquiries.name, enquiries.phone, enquiries.email)))


def _section(
    committee: Committee,
    duties: Sequence[Duty],
    reported: Mapping[tuple[str, str], int],
    as_of: datetime,
    reference: ReferenceData,
) -> DigestSection:
    slot, due_at = duties[0].slot, duties[0].due_at
    period = parse_period(slot.period)
    if period is None:
        raise ValueError(f"a duty for {slot.period!r}, which is no period")
    form = reference.catalogue.form(slot.form, period)
    key = slot.form, slot.period
    demands = [it for it in committee.demands if (it.form, it.period) == key]
    letter = _official_letter(duties[0], reference)
    return DigestSection(
        form=slot.form,
        title=one_line(form.title(period.last_day) if form else slot.form),
        period=period,
        label=reference.regimes.label_vi(period),
        due_at=due_at,
        wording=one_line(letter.wording) if letter else "",
        document=one_line(demands[0].document) if demands else "",
        extension=one_line(letter.document) if isinstance(letter, Extension) else "",
        reported=reported.get(key, 0),
        expected=len(obligated_units(*key, committee.area, reference)),
        lines=_lines(duties, due_at, as_of, reference, form.body if form else None),
    )


def _lines(
    duties: Sequence[Duty],
    due_at: datetime,
    as_of: datetime,
    reference: ReferenceData,
    body: str | None,
) -> tuple[DigestLine, ...]:
    days_late = _working_days_late(due_at, as_of, reference.calendar)
    units = (it.slot.unit for it in duties)
    day = _day(as_of)
    lines = [DigestLine(it, unit_name(it, day, reference, body), days_late) for it in units]
    return tuple(sorted(lines, key=lambda it: (name_key(it.named.name), it.unit)))


def _official_letter(duty: Duty, reference: ReferenceData) -> Demand | Extension | None:
    """Return the letter that sets a duty's date; None for a rule, or a letter since replaced."""
    slot = duty.slot
    for committee in reference.committees:
        letters: list[Demand | Extension] = [*committee.demands, *committee.extensions]
        for letter in letters:
            named = letter.form, letter.period, letter.document
            if named == (slot.form, slot.period, duty.deadline_rule) and (
                letter_due(letter, reference.calendar) == duty.due_at
            ):
                return letter
    return None


def _working_days_late(due_at: datetime, as_of: datetime, calendar: WorkingCalendar) -> int | None:
    # The midnight that ends the last acceptable day is not yet a day of its own.
    first, last = _day(due_at - timedelta.resolution), _day(as_of)
    if not (calendar.covers(first) and calendar.covers(last)):
        return None
    return max(0, calendar.working_days_between(first, last))


def _day(instant: datetime) -> date:
    return instant.astimezone(VIETNAM).date()
