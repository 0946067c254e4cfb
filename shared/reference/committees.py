"""
Steering committees: who asks an area for reports, and by which letter.

A committee runs one programme or both, and an area may have one committee or two. A committee of a
Tỉnh ủy writes Party letters, one founded by a People's Committee writes state letters. Its people
are in ``committee_people.py``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.reference.committee_people import (
    Agency,
    Assignment,
    Contact,
    Enquiries,
    read_agencies,
    read_contacts,
    read_enquiries,
    read_roles,
)
from shared.reference.dates import Dated
from shared.reference.mandates import Mandate, read_mandates
from shared.reference.periods import Period, parse_period
from shared.reference.rows import FileRow
from shared.reference.wordings import Term, Wording
from shared.reference.working_days import WorkingCalendar

LETTER_STYLES = ("party", "state")
PROGRAMMES = ("dan_chu_co_so", "dan_van_kheo")

# The fields of the rows, as in committees.yaml.
_DATES = ("valid_from", "valid_to")
_LETTER = ("form", "period", "due_at", "deadline", "document")
_FIELDS = (
    "key",
    "name_vi",
    "area",
    "programmes",
    "letter_style",
    "contacts",
    "roles",
    "standing_agencies",
    "mandates",
    "enquiries",
    "how_to_send",
    "in_use_from",
    "demands",
    "extensions",
)


@dataclass(frozen=True, slots=True)
class Demand:
    """
    A committee's letter asking for one form for one period.

    due_at is the instant the letter sets, or None when it leaves the regime's own deadline;
    wording holds the letter's own words, where they are known, and term what they leave to the
    calendar. Ask `letter_due` for the instant that counts.
    """

    form: str
    period: str
    due_at: datetime | None
    document: str
    wording: str = ""
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """
    A letter that grants more time for one form and period.

    `units` are the units or areas it names, empty for the whole area of the committee. It only ever
    moves a due instant later.
    """

    form: str
    period: str
    units: frozenset[str]
    due_at: datetime
    document: str
    wording: str = ""
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Committee(Dated):
    """
    A steering committee and the area (a province, or one unit) in its care.

    `contacts` are all persons with an address that it ever had; ask `contacts_on` for those of a
    day. `how_to_send` is a sentence of its letters, "" where it states none. `in_use_from` is the
    first day on which its area could report here, None where it is not stated.
    """

    key: str
    name_vi: str
    area: str
    programmes: tuple[str, ...]
    letter_style: str
    contacts: tuple[Contact, ...]
    demands: tuple[Demand, ...]
    roles: tuple[Assignment, ...] = ()
    standing_agencies: tuple[Agency, ...] = ()
    extensions: tuple[Extension, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    enquiries: Enquiries | None = None
    how_to_send: str = ""
    in_use_from: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Return whether the committee exists on a day."""
        return self.span.contains(day)

    def asks_for(self, period: Period) -> bool:
        """Return whether its letters count for a period; a new committee may ask for an old one."""
        return period.last_day <= self.span.end

    def contacts_on(self, day: date) -> tuple[Contact, ...]:
        """Return whom to write to on a day; one address is there once, by its first role."""
        found: dict[str, Contact] = {}
        for contact in self.contacts:
            if contact.span.contains(day):
                found.setdefault(contact.email, contact)
        return tuple(found.values())

    def roles_on(self, day: date) -> tuple[Assignment, ...]:
        """Return who holds which role on a day."""
        return tuple(role for role in self.roles if role.span.contains(day))

    def standing_agency(self, on: date) -> Agency | None:
        """Return the standing agency of a day, None where it is not recorded."""
        return next((it for it in self.standing_agencies if it.span.contains(on)), None)


def build_committees(
    rows: Iterable[Mapping[str, object]], file: str = "committees.yaml"
) -> tuple[Committee, ...]:
    """
    Return the committees of these rows, in order.

    Raises FactError on one that is unusable or there twice.
    """
    found: dict[str, Committee] = {}
    for number, values in enumerate(rows, start=1):
        row = FileRow(file, f"committee {values.get('key') or number}", values)
        committee = _committee(row)
        if committee.key in found:
            raise row.refused("is there twice")
        found[committee.key] = committee
    return tuple(found.values())


def letter_due(letter: Demand | Extension, calendar: WorkingCalendar) -> datetime | None:
    """
    Return the instant that a letter sets, None when it leaves the regime's own deadline.

    Raises CalendarTooShort when the calendar does not reach that far.
    """
    return letter.term.end(calendar) if letter.term else letter.due_at


def letters_of(
    rows: Iterable[Mapping[str, object]], file: str = "committees.yaml"
) -> Iterator[tuple[Committee, FileRow, Demand | Extension]]:
    """Yield every letter of these rows with its committee and its own row, for messages."""
    known = list(rows)
    for committee, values in zip(build_committees(known, file), known, strict=True):
        row = FileRow(file, f"committee {committee.key}", values)
        for letter_row, demand in zip(row.rows("demands"), committee.demands, strict=True):
            yield committee, letter_row, demand
        for letter_row, extension in zip(row.rows("extensions"), committee.extensions, strict=True):
            yield committee, letter_row, extension


def _committee(row: FileRow) -> Committee:
    row.only(*_FIELDS, *_DATES)
    span = row.span()
    roles = read_roles(row)
    return Committee(
        key=row.text("key"),
        name_vi=row.text("name_vi"),
        area=row.text("area"),
        programmes=_programmes(row),
        letter_style=row.one_of("letter_style", LETTER_STYLES),
        contacts=read_contacts(row, roles),
        demands=tuple(map(_demand, row.rows("demands"))),
        roles=roles,
        standing_agencies=read_agencies(row),
        extensions=tuple(map(_extension, row.rows("extensions"))),
        mandates=tuple(read_mandates(row, row.text("area"), span.last)),
        enquiries=read_enquiries(row),
        how_to_send=row.text_or_none("how_to_send") or "",
        in_use_from=row.day_or_none("in_use_from"),
        valid_from=span.first,
        valid_to=span.last,
    )


def _programmes(row: FileRow) -> tuple[str, ...]:
    programmes = row.texts("programmes")
    if not set(programmes) <= set(PROGRAMMES) or len(set(programmes)) < len(programmes):
        raise row.wrong("programmes", f"must be some of {', '.join(PROGRAMMES)}, each once")
    return programmes


def _demand(row: FileRow) -> Demand:
    row.only(*_LETTER)
    due_at, wording, term = _date_of_letter(row)
    return Demand(row.text("form"), _period(row), due_at, row.text("document"), wording, term)


def _extension(row: FileRow) -> Extension:
    row.only(*_LETTER, "units")
    due_at, wording, term = _date_of_letter(row)
    if due_at is None:
        raise row.refused("an extension needs due_at or deadline")
    units = frozenset(row.texts("units"))
    document = row.text("document")
    return Extension(row.text("form"), _period(row), units, due_at, document, wording, term)


def _period(row: FileRow) -> str:
    period = row.text("period")
    if parse_period(period) is None:
        raise row.wrong("period", f"{period!r} is not a period")
    return period


def _date_of_letter(row: FileRow) -> tuple[datetime | None, str, Term | None]:
    """Return the instant of a letter and its words: `due_at`, or what `deadline` says in words."""
    due_at, words = row.instant_or_none("due_at"), row.text_or_none("deadline")
    if words is None:
        return due_at, "", None
    if due_at is not None:
        raise row.wrong("deadline", "give the words of the letter or due_at, not both")
    try:
        wording = Wording.parse(words)
    except ValueError as problem:
        raise row.wrong("deadline", str(problem)) from problem
    return wording.due_at, wording.text, wording.term
