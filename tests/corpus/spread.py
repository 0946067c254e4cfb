"""A published result as reports of the communes that owe the form, each with an invented share."""

from collections.abc import Iterator

from services.intake.domain.rule_context import CompiledForm
from shared.reference.periods import Period
from tests.corpus.rows import Entered, Qualified, Row
from tests.golden.world import World
from tools.demo.apportion import Place, apportion, by_size
from tools.demo.reports import FigureValue, Report, complete


def spread(row: Row, entered: Entered, period: Period, world: World) -> Iterator[Report]:
    """Share the figures out among the area's communes, so that they sum to what the page says."""
    catalogue, directory = world.reference.catalogue, world.reference.directory
    form = catalogue.form(entered.form, period)
    compiled = world.context.compiled(entered.form, period)
    assert form is not None
    assert compiled is not None
    owing = [it.key for it in directory.owing(form, period, row.area.key) if it.level == "commune"]
    places: list[Place] = [(key, period.code) for key in owing]
    numbers: dict[str, dict[Place, int]] = {}
    unsorted: dict[tuple[str, str], dict[Place, int]] = {}
    qualifiers: dict[str, str] = {}
    for cell in sorted(entered.figures, key=compiled.form.position.__getitem__):
        it = entered.figures[cell]
        value = it.value if isinstance(it, Qualified) else it
        if isinstance(it, Qualified):
            qualifiers[cell] = it.qualifier
        if not isinstance(value, int):
            continue
        indicator, dimension = _split(cell)
        if dimension and indicator in numbers:
            rest = unsorted.setdefault((indicator, dimension), dict(numbers[indicator]))
            numbers[cell] = apportion(value, rest)
            for place, part in numbers[cell].items():
                rest[place] -= part
        else:
            whole = next((one for one in _wholes(cell, compiled) if one in numbers), None)
            numbers[cell] = apportion(value, numbers[whole] if whole else by_size(places))
    for place in places:
        figures: dict[str, FigureValue] = {cell: parts[place] for cell, parts in numbers.items()}
        sent = complete(figures, form, catalogue)
        yield Report(place[0], entered.form, period.code, sent, qualifiers)


def _split(cell: str) -> tuple[str, str]:
    """Return the indicator of a cell, and what its breakdown is by: "" for the whole."""
    indicator, _, split = cell.partition("[")
    return indicator, split.partition("=")[0]


def _wholes(cell: str, compiled: CompiledForm) -> Iterator[str]:
    """Name what a cell can be no more than, the nearest first."""
    backlog = compiled.backlog
    settled = [(backlog.arisen, backlog.settled)] if backlog else []
    for chain in (*compiled.petitions, *compiled.within, *settled):
        if cell in chain:
            yield from reversed(chain[: chain.index(cell)])
