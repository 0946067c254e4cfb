"""
The unit-level reports behind an article: every figure spread so that the sum is exact.

And what the totals must say once everything has been sent: the articles' figures, by question.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.reference.catalogue import Catalogue, FormVersion, Measure
from shared.reference.figures import rate_percent
from tools.demo.apportion import Place, apportion, by_size, even
from tools.demo.articles import Article, Block, Stated, StockMovement, sample_units

FigureValue = int | str | None
_OPENING, _NEW, _REMOVED, _CLOSING = (
    f"dvk_models_{it}" for it in ("opening", "new", "removed", "total")
)


@dataclass(frozen=True)
class Report:
    """What one unit sends for one form and period."""

    unit: str
    form: str
    period: str
    figures: Mapping[str, FigureValue]
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    @property
    def slot(self) -> tuple[str, str, str]:
        """Unit, form, period: what counts once."""
        return self.unit, self.form, self.period


def reports_of(article: Article, catalogue: Catalogue) -> list[Report]:
    """Return one report for every slot that the article's blocks touch, sorted by slot."""
    figures: dict[tuple[str, str, str], dict[str, FigureValue]] = defaultdict(dict)
    qualifiers: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    versions: dict[tuple[str, str, str], FormVersion] = {}
    for block in article.blocks:
        places = _places(article, block, catalogue)
        for (unit, period), form in places.items():
            versions[unit, block.form, period] = form
        for cell, parts in _spread(block, list(places)).items():
            for (unit, period), part in parts.items():
                figures[unit, block.form, period][cell] = part
                stated = block.figures.get(cell)
                if stated and stated.qualifier:
                    qualifiers[unit, block.form, period][cell] = stated.qualifier
    return [
        Report(*slot, complete(figures[slot], versions[slot], catalogue), qualifiers[slot])
        for slot in sorted(versions)
    ]


def complete(
    figures: Mapping[str, FigureValue], form: FormVersion, catalogue: Catalogue
) -> dict[str, FigureValue]:
    """
    Return figures as the form wants them: each first-priority figure is a number or null.

    An indicator of which only parts are stated is the sum of its parts.
    """
    whole: dict[str, FigureValue] = {}
    for cell in form.cells:
        indicator = catalogue.indicators[cell.indicator]
        if cell.split or indicator.measure is Measure.RATIO:
            continue
        parts = [
            value
            for key, value in figures.items()
            if isinstance(value, int) and key.startswith(f"{cell.indicator}[")
        ]
        if parts and cell.key not in figures:
            whole[cell.key] = sum(parts)
        elif indicator.priority == 1:
            whole[cell.key] = None
    return whole | dict(figures)


def _places(article: Article, block: Block, catalogue: Catalogue) -> dict[Place, FormVersion]:
    """Return where a block is reported, and in which version of its form."""
    places: dict[Place, FormVersion] = {}
    for period in block.periods():
        form = catalogue.form(block.form, period)
        if form is None:
            raise ValueError(f"{article.id}: no form {block.form} for {period.code}")
        units: Iterable[str] = [article.area]
        if block.by == "units":
            units = [it.key for it in sample_units(article) if it.level in form.owed_by]
        places |= {(unit, period.code): form for unit in units}
    return places


def _spread(block: Block, places: list[Place]) -> dict[str, dict[Place, FigureValue]]:
    spread = dict(_stock(block.stock, places)) if block.stock else {}
    numbers: dict[str, dict[Place, int]] = {}
    for cell, stated in block.figures.items():
        if isinstance(stated.value, str):
            spread[cell] = dict.fromkeys(places, stated.value)
        else:
            numbers[cell] = apportion(stated.value, _weights(stated, places, numbers))
            spread[cell] = dict(numbers[cell])
    return spread


def _weights(
    stated: Stated, places: list[Place], numbers: Mapping[str, dict[Place, int]]
) -> dict[Place, int]:
    if stated.weights == "size":
        return by_size(places)
    return even(places) if stated.weights == "even" else numbers[stated.weights]


def _stock(stock: StockMovement, places: list[Place]) -> dict[str, dict[Place, FigureValue]]:
    """Return a stock's movement by unit; a removal that is not stated happens all the same."""
    removed_in_all = stock.opening + stock.new - stock.closing
    if stock.removed not in (None, removed_in_all):
        raise ValueError(f"{stock} does not balance")
    opening = apportion(stock.opening, by_size(places))
    new = apportion(stock.new, by_size(places))
    removed = apportion(removed_in_all, {it: opening[it] + new[it] for it in places})
    return {
        _OPENING: dict(opening),
        _NEW: dict(new),
        _REMOVED: {it: None if stock.removed is None else removed[it] for it in places},
        _CLOSING: {it: opening[it] + new[it] - removed[it] for it in places},
    }


@dataclass(frozen=True)
class Expectation:
    """The figures that one question must be answered with."""

    unit: str
    period: str
    figures: Mapping[str, FigureValue]

    @property
    def parameters(self) -> dict[str, str]:
        """The question, as ``GET /v1/totals`` takes it."""
        return {"unit": self.unit, "period": self.period}

    def differences(self, found: Mapping[str, FigureValue]) -> list[str]:
        """Say what differs, one line for each figure; a figure that is not listed differs."""
        return [
            f"{self.unit} {self.period} {cell}: "
            f"{found.get(cell, 'not listed')!r} instead of {value!r}"
            for cell, value in self.figures.items()
            if cell not in found or found[cell] != value
        ]


def expectations(articles: Iterable[Article], catalogue: Catalogue) -> list[Expectation]:
    """Return one expectation for every block of every article, each of one period."""
    return [
        Expectation(article.area, block.last, _stated(block) | _rates(block, catalogue))
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
