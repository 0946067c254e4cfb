"""What the totals must say once everything has been sent: the articles' figures, by question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.reference.catalogue import Catalogue
from shared.reference.figures import rate_percent
from tools.demo.articles import Article, Block
from tools.demo.reports import FigureValue


@dataclass(frozen=True)
class Expectation:
    """The figures that one question must be answered with."""

    unit: str
    first: str
    last: str
    figures: Mapping[str, FigureValue]

    @property
    def parameters(self) -> dict[str, str]:
        """The question, as ``GET /v1/totals`` takes it."""
        return {"unit": self.unit, "from": self.first, "to": self.last}

    def differences(self, found: Mapping[str, FigureValue]) -> list[str]:
        """Say what differs, one line for each figure; a figure that is not listed differs."""
        return [
            f"{self.unit} {self.first}..{self.last} {cell}: "
            f"{found.get(cell, 'not listed')!r} instead of {value!r}"
            for cell, value in self.figures.items()
            if cell not in found or found[cell] != value
        ]


def expectations(articles: Iterable[Article], catalogue: Catalogue) -> list[Expectation]:
    """Return one expectation for every block of every article."""
    return [
        Expectation(
            article.area, block.first, block.last, _stated(block) | _rates(block, catalogue)
        )
        for article in articles
        for block in article.blocks
    ]


def _stated(block: Block) -> dict[str, FigureValue]:
    figures: dict[str, FigureValue] = {cell: it.value for cell, it in block.figures.items()}
    if block.stock:
        figures |= {
            "dvk_models_opening": block.stock.opening,
            "dvk_models_new": block.stock.new,
            "dvk_models_removed": block.stock.removed,
            "dvk_models_total": block.stock.closing,
        }
    return figures


def _rates(block: Block, catalogue: Catalogue) -> dict[str, FigureValue]:
    """Return the rates of which both parts are stated: a ratio of sums, never a mean of rates."""
    rates: dict[str, FigureValue] = {}
    for code, indicator in catalogue.indicators.items():
        parts = [
            stated.value
            for part in (indicator.numerator, indicator.denominator)
            if part and (stated := block.figures.get(part)) and isinstance(stated.value, int)
        ]
        if len(parts) == 2:  # noqa: PLR2004 - numerator and denominator
            rates[code] = str(rate_percent(*parts))
    return rates
