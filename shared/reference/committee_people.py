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
    """
    A person of a committee with an e-mail address; dates are inclusive, None is open.

    `position` is the office that letters name ("Phó Bí thư Thường trực Tỉnh ủy"), "" where it is
    not recorded.
    """

    name: str
    role: str
    email: str
    valid_from: date | None = None
    valid_to: date | None = None
    position: str = ""


@dataclass(frozen=True, slots=True)
class Assignment(Dated):
    """A person in a role between two dates, by a decision; a text is "" where it is not known."""

    role: str
    name: str
    email: str
    valid_from: date | None
    valid_to: date | None
    decision: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class Agency(Dated):
    """The standing agency (cơ quan thường trực) of a committee between two dates."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Enquiries:
    """Whom to ask about a committee's letters, as it is today; what is not known is ""."""

    name: str = ""
    phone: str = ""
    email: str = ""


def read_contacts(row: FileRow, roles: Iterable[Assignment]) -> tuple[Contact, ...]:
    """Return whom a committee's notices can reach: its contacts, and its roles with an address."""
    reachable = (
        Contact(it.name, it.role, it.email, it.valid_from, it.valid_to, it.position)
        for it in roles
        if it.email
    )
    return (*map(_contact, row.rows("contacts")), *reachable)


def read_roles(row: FileRow) -> tuple[Assignment, ...]:
    """Return who holds which role of a committee. Raises FactError on an unusable row."""
    return tuple(map(_assignment, row.rows("roles")))


def read_agencies(row: FileRow) -> tuple[Agency, ...]:
    """Return the standing agencies. Raises FactError when two stand on one day."""
    rows = row.rows("standing_agencies")
    found = list(map(_agency, rows))
    for number, (agency, its_row) in enumerate(zip(found, rows, strict=True)):
        for other in found[:number]:
            if other.span.overlaps(agency.span):
                raise its_row.refused(f"{agency.name!r} stands together with {other.name!r}")
    return tuple(found)


def read_enquiries(row: FileRow) -> Enquiries | None:
    """Return whom to ask, None where a committee names nobody. Raises FactError on an empty one."""
    if row.values.get("enquiries") is None:
        return None
    named = FileRow(row.file, f"{row.where}, enquiries", row.mapping("enquiries"))
    named.only("name", "phone", "email")
    found = Enquiries(*(named.text_or_none(it) or "" for it in ("name", "phone", "email")))
    if found == Enquiries():
        raise row.wrong("enquiries", "needs a name, a phone or an email")
    return found


def _contact(row: FileRow) -> Contact:
    row.only("name", "role", "email", "position", *_DATES)
    span = row.span()
    return Contact(
        name=row.text("name"),
        role=row.text("role"),
        email=row.text("email"),
        valid_from=span.first,
        valid_to=span.last,
        position=row.text_or_none("position") or "",
    )


def _assignment(row: FileRow) -> Assignment:
    row.only("role", "name", "email", "decision", "position", *_DATES)
    span = row.span()
    return Assignment(
        role=row.one_of("role", ROLES),
        name=row.text("name"),
        email=row.text_or_none("email") or "",
        valid_from=span.first,
        valid_to=span.last,
        decision=row.text_or_none("decision") or "",
        position=row.text_or_none("position") or "",
    )


def _agency(row: FileRow) -> Agency:
    row.only("name", *_DATES)
    span = row.span()
    return Agency(row.text("name"), span.first, span.last)
