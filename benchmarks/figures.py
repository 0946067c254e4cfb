"""Figures of one report, drawn so that they are valid for the form by the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from shared.contracts.values import Figures, QualifierName, Qualifiers
from shared.reference.catalogue import Catalogue, FormVersion, Indicator
from shared.reference.figures import rate_percent, to_wire

NOT_REPORTED_SHARE = 0.1
"""Of an indicator: null where the form requires it, absent where it does not."""
BROKEN_DOWN_SHARE = 0.5
"""Of a breakdown, where its whole is reported."""
QUALIFIED_SHARE = 0.03
"""Of a reported whole: "hơn 20.000", "khoảng 193.000"."""
_CEILINGS: Mapping[str, int] = {"money": 500_000_000, "area": 500_000}
_CEILING = 200
_QUALIFIERS: tuple[QualifierName, ...] = ("at_least", "about")


class Drawn(NamedTuple):
    """What a report states, as it is written on the wire."""

    figures: Figures
    qualifiers: Qualifiers


@dataclass(frozen=True, slots=True)
class _Asked:
    """One indicator of a form, and the cells of each breakdown."""

    indicator: Indicator
    breakdowns: tuple[tuple[str, ...], ...]
    ceiling: int


class Sampler:
    """Draws reports of one form version."""

    def __init__(self, form: FormVersion, catalogue: Catalogue) -> None:
        self._asked = [
            _asked(catalogue.indicators[it.indicator], form) for it in form.cells if not it.split
        ]

    def draw(self, random: Random) -> Drawn:
        """Draw a report; at least one figure is reported."""
        drawn = Drawn({}, {})
        while not any(it is not None for it in drawn.figures.values()):
            drawn = Drawn({}, {})
            for asked in self._asked:
                _draw(asked, drawn, random)
            _add_rates(
                [it.indicator for it in self._asked if it.indicator.numerator], drawn.figures
            )
        return drawn


def _asked(indicator: Indicator, form: FormVersion) -> _Asked:
    ceiling = _CEILINGS.get(indicator.measure, _CEILING)
    return _Asked(
        indicator,
        tuple(
            tuple(cell.key for cell in group.cells)
            for group in form.groups
            if group.indicator == indicator.code
        ),
        min(ceiling, indicator.maximum or ceiling),
    )


def _draw(asked: _Asked, drawn: Drawn, random: Random) -> None:
    indicator = asked.indicator
    if indicator.numerator:
        return  # it follows from its parts
    if random.random() >= NOT_REPORTED_SHARE:
        units = int(random.random() * asked.ceiling)
        drawn.figures[indicator.code] = to_wire(units, indicator.scale)
        if random.random() < QUALIFIED_SHARE:
            drawn.qualifiers[indicator.code] = random.choice(_QUALIFIERS)
        for cells in asked.breakdowns:
            if random.random() < BROKEN_DOWN_SHARE:
                parts = _parts(units, len(cells), random)
                for cell, part in zip(cells, parts, strict=True):
                    drawn.figures[cell] = to_wire(part, indicator.scale)
    elif indicator.priority == 1:
        drawn.figures[indicator.code] = None


def _add_rates(ratios: Sequence[Indicator], figures: Figures) -> None:
    """State the rates whose parts are stated; a part is no more than any of its wholes."""
    wholes = {it.code: figures.get(it.denominator or "") for it in ratios}
    for ratio in ratios:
        part, whole = figures.get(ratio.numerator or ""), wholes[ratio.code]
        if isinstance(part, int) and isinstance(whole, int) and part > whole:
            figures[ratio.numerator or ""] = whole
            for cell in [it for it in figures if it.startswith(f"{ratio.numerator}[")]:
                del figures[cell]  # they summed to what the part was
    for ratio in ratios:
        part, whole = figures.get(ratio.numerator or ""), wholes[ratio.code]
        carried_in = figures.get(ratio.carried_in or "") or 0
        if isinstance(part, int) and isinstance(whole, int) and whole:
            figures[ratio.code] = str(rate_percent(part, whole + int(carried_in)))


def _parts(whole: int, number: int, random: Random) -> Sequence[int]:
    """Divide a whole into so many parts, which sum to it."""
    cuts = sorted(int(random.random() * (whole + 1)) for _ in range(number - 1))
    return [end - begin for begin, end in zip([0, *cuts], [*cuts, whole], strict=True)]
