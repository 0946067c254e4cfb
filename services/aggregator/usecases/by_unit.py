"""
Query: one figure, unit by unit: who states it, who leaves it out, who has not reported.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Iterable
from typing import Literal

import asyncpg
from pydantic import BaseModel

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.question import Question, provinces_of
from services.aggregator.domain.scopes import owing
from services.aggregator.errors import QuestionRefused
from services.aggregator.store.ledger_reader import LedgerReader, read_snapshot
from services.aggregator.usecases.answers import Answer, heading
from services.aggregator.usecases.figures import FigureWriter, on_the_wire
from services.aggregator.usecases.resolve import check_unit, resolve_form
from shared.contracts.totals import Value
from shared.infra.postgres.database import Database
from shared.reference.directory import Directory
from shared.reference.figures import Qualifier, to_decimal
from shared.reference.periods import Period
from shared.reference.vietnamese import name_key

_DOUBTS = (Qualifier.AT_LEAST, Qualifier.AT_MOST, Qualifier.ABOUT)
_ORDER = {"missing": 0, "blank": 1, "stated": 2}


class UnitFigure(BaseModel):
    """
    The figure of one unit.

    ``blank`` is a report that leaves it out, ``missing`` no report of who ``owes`` one; who is not
    known to have owed one is not missing.
    """

    unit: str
    name: str
    type: str
    owes: bool
    state: Literal["missing", "blank", "stated"]
    value: Value
    display: str
    qualifier: Literal["exact", "at_least", "at_most", "about"]


class ByUnitAnswer(Answer):
    """A figure of a form for a period, unit by unit: who has none first, then the smallest."""

    form: str
    indicator: str
    split: dict[str, str]
    label: str
    units: list[UnitFigure]


class ByUnitQuery:
    """Answers ``/v1/by-unit``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(self, key: str, form: str, period: Period, cell: str) -> ByUnitAnswer:
        """Answer with the figure of each unit that owes the form or has reported it."""
        reference = self._reader.reference()
        directory = reference.directory
        check_unit(directory, key)
        layout = resolve_form(self._reader.layouts, form, period, reference.regimes)
        position = _position(layout, cell)
        question = Question(reference, key, {period: [layout]})
        scope = question.scopes[period]
        async with read_snapshot(self._database) as connection:
            as_of = await self._reader.as_of(connection, provinces_of(reference, [key]))
            rows = await self._reader.figures_of_cell(connection, question, position)
        found = {row["unit"]: self._stated(row, layout, position) for row in rows}
        owed = owing(directory, layout.form, period, scope)
        nothing = self._writer.written(layout.indicators[position], None, Qualifier.EXACT)
        units = [
            _unit_figure(directory, unit, period, owed)
            | found.get(unit, {"state": "missing", "value": None, "display": nothing})
            for unit in {*(it for it in owed if directory.known_on(it, period.last_day)), *found}
        ]
        why = unfounded(directory, question.scopes)
        head = heading(reference, key, [period], as_of)
        its = layout.form.cells[position]
        return ByUnitAnswer(
            **head,
            unfounded=self._writer.explained(why, head["unit"].name),
            form=form,
            indicator=its.indicator,
            split=dict(its.split),
            label=reference.catalogue.label(cell),
            units=in_order(UnitFigure.model_validate(it) for it in units),
        )

    def _stated(self, row: asyncpg.Record, layout: Layout, position: int) -> dict[str, object]:
        indicator, figure = layout.indicators[position], row["figure"]
        scaled = indicator.scale and figure is not None
        value = to_decimal(figure, indicator.scale) if scaled else figure
        doubts = (it for it in _DOUBTS if position in (row[it.value] or ()))
        qualifier = next(doubts, Qualifier.EXACT)
        return {
            "state": "blank" if value is None else "stated",
            "value": on_the_wire(value),
            "display": self._writer.written(indicator, value, qualifier),
            "qualifier": qualifier.value,
        }


def in_order(units: Iterable[UnitFigure]) -> list[UnitFigure]:
    """Return those without a report first, then those who leave it out, then the smallest."""
    return sorted(
        units,
        key=lambda it: (_ORDER[it.state], float(it.value or 0), name_key(it.name), it.unit),
    )


def _position(layout: Layout, cell: str) -> int:
    """Return where a cell stands. Raises QuestionRefused when the form has none of this name."""
    position = layout.form.position.get(cell)
    if position is None:
        raise QuestionRefused("unknown_cell", cell=cell, form=layout.form.code)
    return position


def _unit_figure(
    directory: Directory, unit: str, period: Period, owing: frozenset[str]
) -> dict[str, object]:
    state = directory.get(unit, period.last_day)
    return {
        "unit": unit,
        "name": state.name if state else unit,
        "type": state.type if state else "",
        "owes": unit in owing,
        "qualifier": "exact",
    }
