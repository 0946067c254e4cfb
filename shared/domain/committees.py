"""
Steering committees: who asks an area for reports, and by which letter.

A committee of a Tỉnh ủy writes Party letters, one founded by a People's Committee writes state
letters; the style is a property of the committee.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.periods import parse_period
from shared.domain.rows import Row

LETTER_STYLES = ("party", "state")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a committee, with a role and an e-mail address."""

    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class Demand:
    """
    A committee's letter asking for one form for one period.

    due_at is the instant the letter sets, or None when it leaves the regime's own deadline.
    "trước ngày 25/10" makes the 24th the last day, "chậm nhất ngày 25/12" the 25th itself.
    """

    form: str
    period: str
    due_at: datetime | None
    document: str


@dataclass(frozen=True, slots=True)
class Committee:
    """A steering committee and the province (`area`) in its care."""

    key: str
    name_vi: str
    area: str
    programmes: tuple[str, ...]
    letter_style: str
    contacts: tuple[Contact, ...]
    demands: tuple[Demand, ...]


def build_committees(
    rows: Iterable[Mapping[str, object]], file: str = "committees.yaml"
) -> tuple[Committee, ...]:
    """Return the committees of these rows, in order. Raises FactError on one that is unusable."""
    return tuple(
        _committee(Row(file, f"committee {row.get('key') or number}", row))
        for number, row in enumerate(rows, start=1)
    )


def _committee(row: Row) -> Committee:
    style = row.text("letter_style")
    if style not in LETTER_STYLES:
        raise row.wrong("letter_style", f"must be one of {LETTER_STYLES}, not {style!r}")
    return Committee(
        key=row.text("key"),
        name_vi=row.text("name_vi"),
        area=row.text("area"),
        programmes=row.texts("programmes"),
        letter_style=style,
        contacts=tuple(
            Contact(r.text("name"), r.text("role"), r.text("email")) for r in row.rows("contacts")
        ),
        demands=tuple(map(_demand, row.rows("demands"))),
    )


def _demand(row: Row) -> Demand:
    period = row.text("period")
    if parse_period(period) is None:
        raise row.wrong("period", f"{period!r} is not a period")
    return Demand(row.text("form"), period, row.instant_or_none("due_at"), row.text("document"))
