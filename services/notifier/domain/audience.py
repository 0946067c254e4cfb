"""Who is notified of a duty: the contacts in office of each committee that demanded the report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.notifier.domain.duties import Duty, DutyState, SlotRecord
from shared.reference.committee_people import Contact
from shared.reference.committees import Committee
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData

_CONTACTS_REMEMBERED = 4096


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """A contact of a committee, on one channel."""

    committee: str
    address: str
    channel: str


class OverdueDuty(NamedTuple):
    """
    A duty with the revision at which it became overdue.

    The revision is part of notice ids: after a cancelled notice and a withdrawal the next notice
    needs another id.
    """

    duty: Duty
    revision: int


Audience = Callable[[Duty, date], Sequence[Recipient]]
"""Returns the recipients for a duty on a day, because roles have dates."""

OverdueByRecipient = Mapping[Recipient, Sequence[OverdueDuty]]


def audience_of(reference: ReferenceData, channels: Sequence[str]) -> Audience:
    """
    Return the audience: contacts of the committees of a unit's areas that demanded the report.

    Only contacts whose role is in force on the day, of committees that exist on it.
    """
    committees = {it.key: it for it in reference.committees}
    demanding: dict[tuple[str, str], list[Committee]] = {}
    for committee in reference.committees:
        for form, period in dict.fromkeys((it.form, it.period) for it in committee.demands):
            demanding.setdefault((form, period), []).append(committee)

    @lru_cache(maxsize=_CONTACTS_REMEMBERED)  # by key: hashing a committee is slow
    def contacts(key: str, day: date) -> tuple[Contact, ...]:
        committee = committees[key]
        return committee.contacts_on(day) if committee.in_force(day) else ()

    def recipients(duty: Duty, day: date) -> Sequence[Recipient]:
        areas = _areas(duty, reference)
        return [
            Recipient(committee.key, contact.email, channel)
            for committee in demanding.get((duty.slot.form, duty.slot.period), ())
            if committee.area in areas
            for contact in contacts(committee.key, day)
            for channel in channels
        ]

    return recipients


def contact_in_office(
    recipient: Recipient, reference: ReferenceData, day: date
) -> tuple[Committee, Contact] | None:
    """Return a recipient's committee and contact; None when they have no role on the day."""
    for committee in reference.committees:
        if committee.key == recipient.committee and committee.in_force(day):
            for contact in committee.contacts_on(day):
                if contact.email == recipient.address:
                    return committee, contact
    return None


def overdue_by_recipient(
    records: Iterable[SlotRecord], audience: Audience, day: date
) -> OverdueByRecipient:
    """Return the overdue duties among these records, for each recipient of the day."""
    overdue: dict[Recipient, list[OverdueDuty]] = {}
    for record in records:
        if record.duty is None or record.duty.state is not DutyState.OVERDUE:
            continue
        for recipient in audience(record.duty, day):
            overdue.setdefault(recipient, []).append(OverdueDuty(record.duty, record.revision))
    return overdue


def _areas(duty: Duty, reference: ReferenceData) -> set[str]:
    """Return the unit and its areas on the period's last day."""
    unit, period = duty.slot.unit, parse_period(duty.slot.period)
    # A newer directory may lack the unit.
    if reference.directory.get(unit) is None:
        return {unit, duty.province}
    path = reference.directory.path(unit, period.last_day if period else None)
    return {unit, *path, duty.province}
