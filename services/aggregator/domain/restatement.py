"""What has changed since figures were signed, figure by figure."""

from collections.abc import Iterable, Mapping

from shared.contracts.totals import Figure, RestatedFigure

Place = tuple[str, tuple[tuple[str, str], ...]]


def restated(before: Iterable[Figure], after: Iterable[Figure]) -> tuple[RestatedFigure, ...]:
    """
    Return the figures whose value or doubt is another one now, in the order of the signed ones.

    How many units reported is the business of the coverage, which is compared by itself.
    """
    now = _by_place(after)
    pairs = ((it, now[place]) for place, it in _by_place(before).items() if place in now)
    return tuple(
        RestatedFigure(
            indicator=then.indicator,
            split=then.split,
            before=then.value,
            before_display=then.display,
            after=it.value,
            after_display=it.display,
        )
        for then, it in pairs
        if (then.value, then.qualifier) != (it.value, it.qualifier)
    )


def _by_place(figures: Iterable[Figure]) -> Mapping[Place, Figure]:
    return {(it.indicator, tuple(sorted(it.split.items()))): it for it in figures}
