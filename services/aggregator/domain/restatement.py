"""What has changed since figures were signed, figure by figure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.contracts.totals import Figure, RestatedFigure


class _CellKey(NamedTuple):
    indicator: str
    split: tuple[tuple[str, str], ...]
    """Names and codes, sorted."""


def restated(before: Iterable[Figure], after: Iterable[Figure]) -> tuple[RestatedFigure, ...]:
    """
    Return the figures whose value or qualifier changed, in the order of the signed ones.

    How many units reported is not compared here: it is part of the coverage.
    """
    current = _by_cell(after)
    pairs = ((it, current[key]) for key, it in _by_cell(before).items() if key in current)
    return tuple(
        RestatedFigure(
            indicator=then.indicator,
            split=then.split,
            before=then.value,
            before_display=then.display,
            after=now.value,
            after_display=now.display,
        )
        for then, now in pairs
        if (then.value, then.qualifier) != (now.value, now.qualifier)
    )


def _by_cell(figures: Iterable[Figure]) -> Mapping[_CellKey, Figure]:
    return {_CellKey(it.indicator, tuple(sorted(it.split.items()))): it for it in figures}
