"""What the reference data require of every unit, open yet or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.notifier.domain.duties import Duty
from services.notifier.domain.openings import DutyOpening
from shared.reference.slots import Slot


@dataclass(frozen=True)
class Obligations:
    """
    All required duties by slot, and the documents that set due instants.

    ``demanded`` holds form and period of every demand that some unit has to answer; ``unasked``
    says why nobody is asked for a slot that its unit owes.
    """

    duties: Mapping[Slot, Duty]
    demand_documents: frozenset[str] = frozenset()
    extension_documents: frozenset[str] = frozenset()
    demanded: frozenset[tuple[str, str]] = frozenset()
    unasked: Mapping[Slot, str] = field(default_factory=dict)


def obligations_of(openings: Iterable[DutyOpening]) -> Obligations:
    """Return the duties of all openings; where two committees demand alike, the later date wins."""
    duties: dict[Slot, Duty] = {}
    demand_documents: set[str] = set()
    extension_documents: set[str] = set()
    unasked: dict[Slot, str] = {}
    for opening in openings:
        demand_documents |= opening.demand_documents
        extension_documents |= opening.extension_documents
        unasked.update(opening.unasked)
        for duty in opening.duties:
            first = duties.setdefault(duty.slot, duty)
            if duty.due_at > first.due_at:
                duties[duty.slot] = duty
    return Obligations(
        duties,
        frozenset(demand_documents),
        frozenset(extension_documents),
        frozenset((slot.form, slot.period) for slot in duties),
        unasked,
    )
