"""Additions to the catalogue, whose cells stand behind those of every version before them."""

from collections.abc import Iterable, Mapping

from shared.reference.forms import Cell
from shared.reference.indicators import Code, Indicator, codes_of
from shared.reference.rows import FileRow


class Additions:
    """
    With which addition each cell of a form came.

    An indicator, a code of a breakdown and a breakdown of a form each say when they were added;
    a cell came with the latest of its parts.
    """

    def __init__(
        self,
        indicators: Mapping[str, Indicator],
        codes: Mapping[str, tuple[Code, ...]],
        splits: Iterable[FileRow],
    ) -> None:
        self._indicators, self._codes = indicators, codes
        self._splits = {
            (it.text("indicator"), tuple(sorted(it.texts("by")))): it.number_or_none("added") or 0
            for it in splits
        }

    def of(self, cell: Cell) -> int:
        """Return the number of the addition that a cell came with, 0 for the first."""
        of_codes = (
            code.added
            for dimension, value in cell.split
            for code in codes_of(self._codes, cell.indicator, dimension)
            if code.code == value
        )
        split = self._splits.get((cell.indicator, tuple(name for name, _ in cell.split)), 0)
        return max(self._indicators[cell.indicator].added, split, *of_codes)
