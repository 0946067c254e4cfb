"""Whom a mail speaks to: one reports to a leader, and asks an officer to follow up."""

from dataclasses import dataclass
from enum import StrEnum

from services.notifier.domain.unit_names import one_line
from shared.reference.committee_people import Contact

_LEADING = frozenset({"truong_ban", "pho_truong_ban_thuong_truc", "pho_truong_ban"})
_WORKING = frozenset({"thu_ky", "can_bo_dau_moi", "nguoi_lap_bao_cao"})


class Capacity(StrEnum):
    """In which capacity somebody reads a mail; it decides the words."""

    LEADER = "leader"
    MEMBER = "member"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Addressee:
    """The reader of a mail; ``position`` is "" where it is not recorded."""

    name: str
    position: str
    role: str
    capacity: Capacity


def addressee(contact: Contact) -> Addressee:
    """Return how to address a contact; one with a role beyond the list is spoken to as a member."""
    capacity = Capacity.MEMBER
    if contact.role in _LEADING:
        capacity = Capacity.LEADER
    elif contact.role in _WORKING:
        capacity = Capacity.OFFICER
    return Addressee(one_line(contact.name), one_line(contact.position), contact.role, capacity)
