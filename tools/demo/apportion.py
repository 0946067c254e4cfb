"""Spreading a total over places so that the parts sum to it exactly: largest remainders."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

Place = tuple[str, str]
"""A unit and a period: where a part of a figure is reported."""

_WEIGHT_MIN, _WEIGHTS = 50, 100


def apportion(total: int, weights: Mapping[Place, int]) -> dict[Place, int]:
    """
    Return each place's part: floor(total·w/W), and one more for the largest remainders.

    Ties go to the first place by key. With the parts of a larger figure as weights no part exceeds
    its weight, so whoever resolved cases detected at least as many.
    Raises ValueError for a negative total or weight, or when there is nothing to weigh by.
    """
    whole = sum(weights.values())
    if total < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("totals and weights are not negative")
    if whole == 0:
        if total:
            raise ValueError(f"{total} cannot be spread: all weights are 0")
        return dict.fromkeys(weights, 0)
    parts = {place: total * weight // whole for place, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts.values())]:
        parts[place] += 1
    return parts


def even(places: Iterable[Place]) -> dict[Place, int]:
    """Return the same weight for every place."""
    return dict.fromkeys(places, 1)


def by_size(places: Iterable[Place]) -> dict[Place, int]:
    """Return weights that look like sizes of units, the same in every run and every period."""
    return {place: _WEIGHT_MIN + sample(place[0], _WEIGHTS) for place in places}


@lru_cache(maxsize=4096)
def sample(text: str, count: int) -> int:
    """Return a number from 0 to count - 1 that depends on nothing but the text."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) % count
