"""
The people of a steering committee, and the agency that does its daily work.

Persons, roles and the standing agency come and go: each has its dates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.reference.dates import Dated
from shared.reference.rows import FileRow

ROLES = (
    "truong_ban",
    "pho_truong_ban_thuong_truc",
    "pho_truong_ban",
    "thanh_vien",
    "thu_ky",
    "can_bo_dau_moi",
    "nguoi_lap_bao_cao",
    "nguoi_ky",
)
_DATES = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Contact(Dated):
    """A person of a committee with an e-mail address; dates are inclusive, None is open."""

    name: str
    role: str
    email: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Assignment(Dated):
    """A person in a role between two dates, by a decision; `email` is "" where none is known."""

    role: str
    name: str
    email: str
    valid_from: date | None
    valid_to: date | None
    decision: str


@dataclass(frozen=True, slots=True)
class Agency(Dated):
    """The standing agency (cơ quan thường trực) of a committee between two dates."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None


def read_contacts(row: FileRow, roles: Iterable[Assignment]) -> tuple[Contact, ...]:
    """Return whom a committee's notices can reach: its contacts, and its roles with an address."""
    reachable = (
        Contact(it.name, it.role, it.email, it.valid_from, it.valid_to) for it in roles if it.email
    )
    return (*map(_contact, row.rows("contacts")), *reachable)


def read_roles(row: FileRow) -> tuple[Assignment, ...]:
    """Return who holds which role of a committee. Raises FactError on an unusable row."""
    return tuple(map(_assignment, row.rows("roles")))


def _contact(row: FileRow) -> Contact:
    row.only("name", "role", "email", *_DATES)
    span = row.span()
    return Contact(row.text("name"), row.text("role"), row.text("email"), span.first, span.last)


def _assignment(row: FileRow) -> Assignment:
    row.only("role", "name", "email", "decision", *_DATES)
    span = row.span()
    return Assignment(
        role=row.one_of("role", ROLES),
        name=row.text("name"),
        email=row.text_or_none("email") or "",
        valid_from=span.first,
        valid_to=span.last,
        decision=row.text_or_none("decision") or "",
    )


def read_agencies(row: FileRow) -> tuple[Agency, ...]:
    """Return the standing agencies. Raises FactError when two stand on one day."""
    rows = row.rows("standing_agencies")
    found = list(map(_agency, rows))
    for number, (agency, its_row) in enumerate(zip(found, rows, strict=True)):
        for other in found[:number]:
            if other.span.overlaps(agency.span):
                raise its_row.refused(f"{agency.name!r} stands together with {other.name!r}")
    return tuple(found)


def _agency(row: FileRow) -> Agency:
    row.only("name", *_DATES)
    span = row.span()
    return Agency(row.text("name"), span.first, span.last)
