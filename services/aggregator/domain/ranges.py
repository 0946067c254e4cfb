"""The range that a question without periods means: all that were reported."""

from collections.abc import Sequence

from shared.reference.periods import Period, periods_between

_PREFERRED = [
    (regime, kind)
    for kind in ("year", "half", "quarter", "month", "nine_months")
    for regime in ("cal", "nd09")
]


def reported_range(reported: Sequence[Period]) -> Sequence[Period]:
    """
    Return the periods from the first to the last for which there are reports.

    All of one regime and kind, so that nothing is counted twice: calendar years before others.
    """
    for regime, kind in _PREFERRED:
        alike = [it for it in reported if (it.regime, it.kind) == (regime, kind)]
        if alike:
            return periods_between(min(alike), max(alike))
    return []
