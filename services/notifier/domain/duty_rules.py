"""What the notifier derives from reference data, and what it demands of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.notifier.domain.audience import Audience, audience_of
from services.notifier.domain.obligations import Obligations, obligations_of
from services.notifier.domain.openings import DutyOpening, duty_opening, duty_openings
from shared.reference.committees import Committee
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData

# SMTP without SMTPUTF8 carries visible ASCII only.
_EMAIL_ADDRESS = re.compile(r"[\x21-\x7e]+@[\x21-\x7e]+")


@dataclass(frozen=True, eq=False)
class DutyRules:
    """
    What a scan works by, derived from one revision of the reference data.

    Compared by identity: the same reference data give the same object.
    """

    openings: tuple[DutyOpening, ...]
    obligations: Obligations
    audience: Audience


def duty_rules(reference: ReferenceData, channels: Sequence[str]) -> DutyRules:
    """
    Derive the rules; *channels* are the names of the channels in use.

    Raises:
        FactError: the first problem, see ``problems_of``.

    """
    for committee in reference.committees:
        for problem in _unusable_addresses(committee):
            raise problem
    openings = duty_openings(reference)
    return DutyRules(openings, obligations_of(openings), audience_of(reference, channels))


def problems_of(reference: ReferenceData) -> Iterator[FactError]:
    """
    Yield everything for which the notifier would refuse these reference data.

    An address that mail cannot be sent to, a demand that no unit can answer, a due instant beyond
    the calendar.
    """
    for committee in reference.committees:
        yield from _unusable_addresses(committee)
        for demand in committee.demands:
            try:
                duty_opening(committee, demand, reference)
            except FactError as problem:
                yield problem


def _unusable_addresses(committee: Committee) -> Iterator[FactError]:
    for contact in committee.contacts:
        if not _EMAIL_ADDRESS.fullmatch(contact.email):
            message = f"{contact.email!r} is no address"
            yield FactError("committees", f"committee {committee.key}", message)
