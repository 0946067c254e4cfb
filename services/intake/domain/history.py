"""What a unit's other periods say, as far as the rules across periods ask for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from shared.reference.periods import Period

Amounts = Mapping[str, int | None]
"""Exact figures of a report by cell, in the smallest unit; absent is as good as None."""


class FigureRow(Mapping[str, int | None]):
    """Figures in the order of a form's cells, read by cell without laying them all out."""

    __slots__ = ("_figures", "_position")

    def __init__(self, position: Mapping[str, int], figures: Sequence[int | None]) -> None:
        self._position = position
        self._figures = figures

    def __getitem__(self, cell: str) -> int | None:
        return self._figures[self._position[cell]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._position)

    def __len__(self) -> int:
        return len(self._position)

    def get(self, cell: str, default: object = None) -> int | None:  # noqa: ARG002 - always None
        """Return the figure of a cell, None when the form has no such cell."""
        place = self._position.get(cell)
        return None if place is None else self._figures[place]


@dataclass(frozen=True, slots=True)
class PrecedingReport:
    """
    The report in force for the period that ends the day before this one begins.

    ``predecessors`` is empty when the unit itself reported it; after a merger it names the units
    whose closings are summed in ``amounts``, and ``period`` is the latest of theirs.
    """

    period: str
    amounts: Amounts
    predecessors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The opening stocks that the record of a handover states for a unit."""

    amounts: Amounts
    decision: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class NestedReport:
    """The report in force of another window of the same unit, form and regime."""

    period: Period
    amounts: Amounts


class HistoryPart(Enum):
    """What a rule may read beside the report that it checks."""

    OPENING = "before, handover, reorganised_with, ended_areas"
    YEAR_BEFORE = "year_before"
    BACKLOG = "carried_in"
    OTHER_FORMS = "other_forms"
    NESTED = "nested"


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """
    What is known of a unit and a form beside the report that is being judged.

    ``carried_in`` is what earlier periods may have left unsettled, ascending, as several kinds of
    periods may count differently; None where no earlier report is known (rule R5).
    ``reorganised_with`` names the units with which a part changed hands in this period, as long as
    nobody has recorded a handover. ``ended_areas`` names the areas above its predecessors that
    ended without a successor, and may have had stocks of their own (rule R2). ``other_forms`` has,
    by form, the unit's reports of the same period on forms that ask for some of the same figures
    (rule R16). ``nested`` has its reports of other windows, those within the widest that holds the
    period (rule R15). A history that knows nothing keeps these rules silent.
    """

    carried_in: tuple[int, ...] | None = None
    before: PrecedingReport | None = None
    handover: HandedOver | None = None
    year_before: Amounts | None = None
    reorganised_with: tuple[str, ...] = ()
    ended_areas: tuple[str, ...] = ()
    other_forms: Mapping[str, Amounts] = field(default_factory=dict)
    nested: tuple[NestedReport, ...] = ()


NO_HISTORY = UnitHistory()


def summed(parts: Sequence[Amounts]) -> Mapping[str, int | None]:
    """Add up cell by cell; a cell that one part does not state has no sum."""
    sums: dict[str, int | None] = {}
    for cell in set[str]().union(*parts):
        amounts = [part.get(cell) for part in parts]
        stated = [it for it in amounts if it is not None]
        sums[cell] = sum(stated) if len(stated) == len(parts) else None
    return sums
