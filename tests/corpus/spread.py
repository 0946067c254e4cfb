"""A published result as reports of the communes that owe the form, each with an invented share."""

from collections.abc import Iterator, Mapping

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
    qualifiers: dict[str, str] = {}
    for cell, it in _wholes_first(entered.figures, compiled).items():
        value = it.value if isinstance(it, Qualified) else it
        if isinstance(it, Qualified):
            qualifiers[cell] = it.qualifier
        if isinstance(value, int):
            whole = next((one for one in _wholes(cell, compiled) if one in numbers), None)
            weights = numbers[whole] if whole else by_size(places)
            numbers[cell] = apportion(value, weights)
    for place in places:
        figures: dict[str, FigureValue] = {cell: parts[place] for cell, parts in numbers.items()}
        sent = complete(figures, form, catalogue)
        yield Report(place[0], entered.form, period.code, sent, qualifiers)


def _wholes_first(
    figures: Mapping[str, int | str | Qualified], compiled: CompiledForm
) -> Mapping[str, int | str | Qualified]:
    """Put figures in the order of the form; a whole that the parts given make up is left out."""
    order = sorted(figures, key=compiled.form.position.__getitem__)
    return {cell: figures[cell] for cell in order if not _is_sum(cell, figures)}


def _is_sum(cell: str, figures: Mapping[str, int | str | Qualified]) -> bool:
    parts = [it for key, it in figures.items() if key.startswith(f"{cell}[")]
    return bool(parts) and sum(it for it in parts if isinstance(it, int)) == figures[cell]


def _wholes(cell: str, compiled: CompiledForm) -> Iterator[str]:
    """Name what a cell can be no more than, the nearest first."""
    indicator, _, split = cell.partition("[")
    if split:
        yield indicator
    backlog = compiled.backlog
    settled = [(backlog.arisen, backlog.settled)] if backlog else []
    for chain in (*compiled.petitions, *compiled.within, *settled):
        if cell in chain:
            yield from reversed(chain[: chain.index(cell)])
