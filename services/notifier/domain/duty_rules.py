"""What the notifier derives from reference data, and what it demands of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.notifier.domain.audience import Audience, audience_of
from services.notifier.domain.obligations import Obligations, obligations_of
from services.notifier.domain.openings import DutyOpening, duty_opening, duty_openings
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData


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
    openings = duty_openings(reference)
    return DutyRules(openings, obligations_of(openings), audience_of(reference, channels))


def problems_of(reference: ReferenceData) -> Iterator[FactError]:
    """
    Yield everything for which the notifier would refuse these reference data.

    A demand that no unit can answer, a due instant beyond the calendar. Not an address: it fails
    the notices to one contact, and no service may follow another revision than the others for it.
    """
    for committee in reference.committees:
        for demand in committee.demands:
            try:
                duty_opening(committee, demand, reference)
            except FactError as problem:
                yield problem
