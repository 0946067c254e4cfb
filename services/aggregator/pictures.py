"""
The read side: what the ledger says of one unit, taken from one snapshot.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from services.aggregator.domain.carrying import Carried, begins_by_merger, openings
from services.aggregator.domain.coverage import Receipt
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.reporters import FormFiled, Reporters
from services.aggregator.domain.rollup import Reading, Said, Selection, amounts, carry, readings
from services.aggregator.domain.scopes import (
    Scope,
    View,
    ancestry,
    as_reported,
    current,
    owing,
)
from services.aggregator.domain.withholding import Withheld, withheld_cells
from services.aggregator.sheets import Part, Sheet, known_period, read_sheet, receipts
from shared.infra.postgres.database import Connection, Database, load_queries
from shared.reference.periods import VIETNAM, Period, preceding
from shared.reference.reference_data import ReferenceData

QUERIES = load_queries(Path(__file__).parent / "pictures.sql")


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture was taken, and up to which accepted report of its provinces it is complete."""

    as_of: datetime
    watermark: datetime | None

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.as_of.astimezone(VIETNAM).date()


@dataclass(frozen=True)
class Question:
    """What is asked for: a unit, the layouts selected in each period, and whose boundaries."""

    reference: ReferenceData
    """The facts in force when it was asked; one question, one answer to who exists."""
    unit: str
    forms: Mapping[Period, Sequence[Layout]]
    view: View = "as_reported"
    today: date = date.max
    """The day whose boundaries are the current ones."""

    @cached_property
    def periods(self) -> list[Period]:
        """The periods, ascending."""
        return sorted(self.forms)

    @cached_property
    def scopes(self) -> Mapping[Period, Scope]:
        """Whose reports make up the unit in each period."""
        return {period: self._scope(period) for period in self.periods}

    @cached_property
    def parts(self) -> list[Part]:
        """The periods put together in which the same units make up the unit."""
        found: dict[Scope, dict[Period, Sequence[Layout]]] = {}
        for period, scope in self.scopes.items():
            found.setdefault(scope, {})[period] = self.forms[period]
        return [Part(scope, forms) for scope, forms in found.items()]

    @property
    def layouts(self) -> list[Layout]:
        """Every layout of any period, once."""
        return list({id(it): it for its in self.forms.values() for it in its}.values())

    def _scope(self, period: Period) -> Scope:
        directory = self.reference.directory
        if self.view == "as_reported":
            return as_reported(directory, self.unit, period)
        return current(directory, self.reference.lineage, self.unit, period, self.today)


class Pictures:
    """Looks figures and receipts up; every method needs a connection that holds still."""

    def __init__(self, reference: Callable[[], ReferenceData], layouts: Layouts) -> None:
        """Facts change while we run: whoever asks takes them once for each question."""
        self.reference = reference
        self.layouts = layouts

    async def moment(self, connection: Connection, provinces: Iterable[str]) -> Moment:
        """Return the present instant, and that of the newest report of some provinces."""
        (row,) = await connection.fetch(QUERIES["watermark"], list(provinces))
        return Moment(row["as_of"], row["watermark"])

    async def periods(self, connection: Connection, units: Iterable[str]) -> list[Period]:
        """Return the periods for which the units, or anyone below them, have reported."""
        rows = await connection.fetch(QUERIES["periods_of_units"], list(units))
        return sorted(known_period(row["period"]) for row in rows)

    async def readings(self, connection: Connection, question: Question) -> list[Reading]:
        """Return every figure that the question selects."""
        sheets = await self._sheets(connection, question)
        said = _said(question, sheets)
        if question.view == "current":
            for period in question.periods:
                if begins_by_merger(question.reference.lineage, question.unit, period):
                    said = await self._with_openings(connection, question, period, said)
        selection = Selection(question.reference.catalogue, question.periods, question.layouts)
        return readings(selection, said, _reporters(question, sheets))

    async def receipts(
        self, connection: Connection, question: Question
    ) -> Mapping[str, dict[str, Receipt]]:
        """Return the current reports for the one period of a question, by form and unit."""
        (part,) = question.parts
        directory = question.reference.directory
        owed = {
            layout.form.code: owing(directory, layout.form, period, part.scope)
            for period, layout in part
        }
        return await receipts(connection, part, owed)

    async def _sheets(self, connection: Connection, question: Question) -> list[Sheet]:
        directory = question.reference.directory
        return [
            await read_sheet(connection, self.layouts, directory, part) for part in question.parts
        ]

    async def _with_openings(
        self, connection: Connection, question: Question, period: Period, said: Said
    ) -> Said:
        """Let opening stocks that nobody reported be what the predecessors closed with."""
        wanted = {
            opening: closing
            for opening, closing in openings(question.forms[period]).items()
            if period not in said.stated.get(opening, {})
            and period not in said.withheld.get(opening, {})
        }
        for earlier in preceding(period) if wanted else ():
            asked = replace(question, forms={earlier: self._alike(question, period, earlier)})
            sheets = await self._sheets(connection, asked)
            closed, closings = _said(asked, sheets), wanted.values()
            if any(closed.stated.get(it) or closed.withheld.get(it) for it in closings):
                tallies = [it for sheet in sheets for it in sheet.tallies]
                its_units = sorted({it.unit for it in tallies if it.states(closings)})
                return carry(said, wanted, period, closed, Carried(tuple(its_units), earlier))
        return said

    def _alike(self, question: Question, period: Period, earlier: Period) -> list[Layout]:
        """Return the layouts of the same forms in an earlier period."""
        found = (self.layouts.of(it.form.code, earlier.code) for it in question.forms[period])
        return [it for it in found if it and it.form.accepts(earlier)]


@asynccontextmanager
async def still(database: Database) -> AsyncIterator[Connection]:
    """
    Borrow a connection that sees the ledger at one instant, whatever is counted meanwhile.

    The lock comes first: a rebuild that is just putting new tables in place is waited for, and
    the snapshot, which the first query takes, is then one of the new tables.
    """
    async with (
        database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(QUERIES["hold_still"])
        yield connection


def origins(reference: ReferenceData, unit: str, view: View) -> frozenset[str]:
    """Return the units whose reports may count for a unit: itself, or all it has come from too."""
    return frozenset({unit}) if view == "as_reported" else ancestry(reference.lineage, unit)


def provinces_of(reference: ReferenceData, units: Iterable[str]) -> frozenset[str]:
    """Return every province in which some units have ever reported; unknown ones stay as named."""
    directory = reference.directory
    return frozenset(
        province
        for unit in units
        for province in (
            [
                directory.province(unit, it.valid_from or it.valid_to)
                for it in directory.states(unit)
            ]
            or [unit]
        )
    )


def _said(question: Question, sheets: Iterable[Sheet]) -> Said:
    withheld: dict[str, dict[Period, Withheld]] = {}
    tallies = []
    for sheet in sheets:
        tallies += sheet.tallies
        scope = sheet.part.scope
        for period, layout in sheet.part:
            divided = sheet.divided.get((layout.form.code, period.code), ())
            found = withheld_cells(layout, period, scope, question.reference.directory, divided)
            for cell, reason in found.items():
                withheld.setdefault(cell, {})[period] = reason
    return Said(amounts(tallies, question.reference.catalogue), withheld)


def _reporters(question: Question, sheets: Iterable[Sheet]) -> Reporters:
    directory = question.reference.directory
    return Reporters(
        FormFiled(
            layout,
            period,
            owing(directory, layout.form, period, sheet.part.scope),
            sheet.filed.get((layout.form.code, period.code), ()),
        )
        for sheet in sheets
        for period, layout in sheet.part
    )
