"""
What became of a figure since an earlier period: a difference in the terms of its measure.

A rank moves by places, and a smaller one is better; a score by points, a rate by percentage points;
what is counted by its number, beside it in percent where both periods are whole.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.aggregator.domain.amounts import INVERSE
from services.aggregator.domain.rollup import ComputedFigure
from shared.reference.figures import Qualifier, combine_qualifiers, rate_percent
from shared.reference.indicators import Measure

_NOT_IN_PERCENT = frozenset({Measure.RANK, Measure.SCORE, Measure.RATIO})


class Incomparable(StrEnum):
    """Why two figures that are both stated have no difference."""

    RANKED_AMONG_OTHERS = "ranked_among_others"
    """Third of 34 is not a better place than tenth of 63."""
    NOT_EXACT = "not_exact"
    """Of "about" a number, nobody knows whether it grew."""
    CATEGORIES = "categories"
    """Groups have no distance."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """
    A figure against an earlier one.

    ``value`` is what it grew by; of a rank the places gained, so that more is always up. It is None
    where the two are ``incomparable``. ``percent`` is of the earlier figure.
    """

    before: ComputedFigure
    value: int | Decimal | None
    qualifier: Qualifier = Qualifier.EXACT
    percent: Decimal | None = None
    incomparable: Incomparable | None = None


def change(now: ComputedFigure, before: ComputedFigure) -> FigureChange | None:
    """Return the change from *before* to *now*, None when either has no value."""
    if now.value is None or before.value is None:
        return None
    qualifier = combine_qualifiers([now.qualifier, INVERSE.get(before.qualifier, before.qualifier)])
    difference = now.value - before.value
    reason = _incomparable(now, before, qualifier, difference)
    if reason is not None:
        return FigureChange(before, None, incomparable=reason)
    if now.indicator.measure is Measure.RANK:
        return FigureChange(before, -difference)
    return FigureChange(before, difference, qualifier, _percent(now, before, qualifier))


def _incomparable(
    now: ComputedFigure, before: ComputedFigure, qualifier: Qualifier, difference: int | Decimal
) -> Incomparable | None:
    measure = now.indicator.measure
    if measure is Measure.CATEGORY:
        return Incomparable.CATEGORIES
    if measure is Measure.RANK and now.out_of != before.out_of:
        return Incomparable.RANKED_AMONG_OTHERS
    # "More than 5" against 3 grew by more than 2; against 7 nobody knows whether it grew.
    certain = (
        qualifier is Qualifier.EXACT
        or (qualifier is Qualifier.AT_LEAST and difference > 0)
        or (qualifier is Qualifier.AT_MOST and difference < 0)
    )
    if not certain or (measure is Measure.RANK and qualifier is not Qualifier.EXACT):
        return Incomparable.NOT_EXACT
    return None


def _percent(now: ComputedFigure, before: ComputedFigure, qualifier: Qualifier) -> Decimal | None:
    """Return the growth in percent, None of nothing and where not all who owe stated both."""
    if now.indicator.measure in _NOT_IN_PERCENT or qualifier is not Qualifier.EXACT:
        return None
    if now.value is None or before.value is None or not (_whole(now) and _whole(before)):
        return None
    return rate_percent(now.value - before.value, before.value)


def _whole(figure: ComputedFigure) -> bool:
    return figure.units.in_full == figure.units.expected > 0
