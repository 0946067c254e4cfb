"""A question about the figures of one unit: which forms, which periods, whose boundaries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.scopes import Scope, View, ancestry, as_reported, current
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True)
class ScopeSlice:
    """The periods of a question in which one scope holds, and the layouts selected in each."""

    scope: Scope
    forms: Mapping[Period, Sequence[Layout]]

    @property
    def codes(self) -> "SliceCodes":
        """The codes of its forms and periods, as the queries take them."""
        forms = {layout.form.code for layouts in self.forms.values() for layout in layouts}
        return SliceCodes(sorted(forms), [it.code for it in self.forms])

    def __iter__(self) -> Iterator[tuple[Period, Layout]]:
        return ((period, it) for period, layouts in self.forms.items() for it in layouts)


class SliceCodes(NamedTuple):
    """The codes of the forms, sorted, and of the periods of a slice."""

    forms: list[str]
    periods: list[str]


@dataclass(frozen=True)
class Question:
    """A selection of figures: a unit, the layouts selected in each period, and whose boundaries."""

    reference: ReferenceData
    """In force at the beginning; the whole question is answered by it."""
    unit: str
    forms: Mapping[Period, Sequence[Layout]]
    view: View = "as_reported"
    today: date = date.max
    """The day whose boundaries are the current ones."""

    @cached_property
    def periods(self) -> list[Period]:
        """The periods, ascending."""
        return sorted(self.forms)

    @cached_property
    def scopes(self) -> Mapping[Period, Scope]:
        """The scope of the unit in each period."""
        return {period: self._scope(period) for period in self.periods}

    @cached_property
    def slices(self) -> list[ScopeSlice]:
        """The periods grouped by equal scopes."""
        by_scope: dict[Scope, dict[Period, Sequence[Layout]]] = {}
        for period, scope in self.scopes.items():
            by_scope.setdefault(scope, {})[period] = self.forms[period]
        return [ScopeSlice(scope, forms) for scope, forms in by_scope.items()]

    @property
    def layouts(self) -> list[Layout]:
        """Every layout of any period, once."""
        return list({id(it): it for layouts in self.forms.values() for it in layouts}.values())

    def _scope(self, period: Period) -> Scope:
        directory = self.reference.directory
        if self.view == "as_reported":
            return as_reported(directory, self.unit, period)
        return current(directory, self.reference.lineage, self.unit, period, self.today)


def origins(reference: ReferenceData, unit: str, view: View) -> frozenset[str]:
    """Return the units whose reports may count for a unit: itself, or also its predecessors."""
    return frozenset({unit}) if view == "as_reported" else ancestry(reference.lineage, unit)


def provinces_of(reference: ReferenceData, units: Iterable[str]) -> frozenset[str]:
    """Return every province in which some units have ever reported; an unknown unit is its own."""
    directory = reference.directory
    return frozenset(
        province
        for unit in units
        for province in (
            [
                directory.province(unit, it.valid_from or it.valid_to)
                for it in directory.states(unit)
            ]
            or [unit]
        )
    )
