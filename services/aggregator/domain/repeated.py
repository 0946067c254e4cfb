"""
Figures that one reporter states on two forms of one period, of which one counts.

A commune is asked for donated land on F01 and on F05. A total of both forms takes the figure of
the indicator's home form; that of the other form only where the home form does not state it,
because it was never sent, is withdrawn, or has null there (decision 19). Totals are kept by form,
so the figures that do not count are found from who states what, and taken off again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.reporters import ReportGroup
from shared.reference.directory import Directory
from shared.reference.indicators import Indicator
from shared.reference.periods import Period


class RepeatedFigure(NamedTuple):
    """A unit's figure on one form that its report on another form of the period goes before."""

    unit: str
    form: str
    period: str
    position: int


@dataclass(frozen=True, slots=True)
class ReportsOfForm:
    """The current reports by one of the forms of a question."""

    layout: Layout
    groups: Sequence[ReportGroup]


def repeated_figures(
    period: Period, forms: Iterable[ReportsOfForm], directory: Directory
) -> Iterator[RepeatedFigure]:
    """Yield the figures of a period that do not count beside those of another of its forms."""
    for cell, asking in _asked_twice(forms).items():
        indicator = asking[0].layout.indicators[asking[0].layout.form.position[cell]]
        stating = {it.layout.form.code: _stating(it, cell) for it in asking}
        for unit, stated_on in _stated_twice(stating).items():
            for form in _in_order(indicator, unit, period, directory, stated_on)[1:]:
                layout = next(it.layout for it in asking if it.layout.form.code == form)
                yield RepeatedFigure(unit, form, period.code, layout.form.position[cell])


def _asked_twice(forms: Iterable[ReportsOfForm]) -> Mapping[str, Sequence[ReportsOfForm]]:
    """Return the cells of summed indicators that several of the forms ask for."""
    asking: dict[str, list[ReportsOfForm]] = {}
    for form in forms:
        for indicator, key in zip(form.layout.indicators, form.layout.keys, strict=True):
            if indicator.summed and form.groups:
                asking.setdefault(key, []).append(form)
    return {key: it for key, it in asking.items() if len(it) > 1}


def _stating(reports: ReportsOfForm, cell: str) -> frozenset[str]:
    position = reports.layout.form.position[cell]
    groups = (it.units for it in reports.groups if position not in it.missing)
    return frozenset[str]().union(*groups)


def _stated_twice(stating: Mapping[str, frozenset[str]]) -> Mapping[str, list[str]]:
    """Return the units that state a cell on several forms, with the codes of these."""
    forms_of: dict[str, list[str]] = {}
    for form, units in stating.items():
        for unit in units:
            forms_of.setdefault(unit, []).append(form)
    return {unit: forms for unit, forms in forms_of.items() if len(forms) > 1}


def _in_order(
    indicator: Indicator,
    unit: str,
    period: Period,
    directory: Directory,
    forms: Sequence[str],
) -> list[str]:
    """Return the forms in the order in which the unit's level has its figure looked for."""
    state = directory.get(unit, period.last_day)
    return sorted(forms, key=indicator.forms_in_order(state.level if state else "").index)
