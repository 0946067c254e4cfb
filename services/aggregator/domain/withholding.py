"""
Figures that cannot be computed within today's boundaries.

A unit that was divided without recorded shares is never assigned to one side: every figure to
which it would contribute is withheld. Scores and ranks of several units have no sum.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.reporters import ReportGroup
from services.aggregator.domain.scopes import Scope, owing_alone
from shared.reference.directory import Directory
from shared.reference.indicators import Indicator
from shared.reference.periods import Period


class Withheld(StrEnum):
    """Why a reported figure has no value."""

    NOT_SEPARABLE = "not_separable"
    NOT_ADDITIVE = "not_additive"


def withheld_cells(
    layout: Layout,
    period: Period,
    scope: Scope,
    directory: Directory,
    reports: Iterable[ReportGroup],
) -> Mapping[str, Withheld]:
    """
    Return the cells of a form that a scope cannot answer for, and why.

    *reports* are those of units that are not separable. One that owed the form contributes to
    every figure of it, reported yet or not; any other to those that it stated.
    """
    if scope.continued is not None and not scope.not_separable:
        return {}
    positions = set(range(layout.width))
    if owing_alone(directory, layout.form, period, scope.not_separable):
        divided = positions
    else:
        divided = {position for it in reports for position in positions - it.missing}
    reasons = {layout.keys[position]: Withheld.NOT_SEPARABLE for position in divided}
    if scope.continued is None:
        reasons |= {layout.keys[position]: Withheld.NOT_ADDITIVE for position in layout.looked_up}
    return reasons


def withholding(
    indicator: Indicator, stated: Iterable[Period], withheld: Mapping[Period, Withheld]
) -> Withheld | None:
    """Return why an indicator has no value over some periods, None when it may have one."""
    if not withheld:
        return None
    if indicator.over_time == "sum":
        return withheld[min(withheld)]
    end = min if indicator.over_time == "first" else max
    return withheld.get(end({*stated, *withheld}))
