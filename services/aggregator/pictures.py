"""
The read side: what the ledger says of one unit, taken from one snapshot.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from services.aggregator.domain.coverage import Receipt
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.reporters import Filed, FormFiled, Reporters
from services.aggregator.domain.rollup import Reading, Selection, Tally, readings
from services.aggregator.domain.totals import Totals
from shared.domain.periods import Period, parse_period
from shared.infra.database import Connection, Database, load_queries
from shared.infra.facts import Facts

QUERIES = load_queries(Path(__file__).parent / "pictures.sql")


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture was taken, and up to which accepted report of the province it is complete."""

    as_of: datetime
    watermark: datetime | None


@dataclass(frozen=True)
class Question:
    """What is asked for: a unit of a province, and the layouts selected in each period."""

    unit: str
    province: str
    forms: Mapping[Period, Sequence[Layout]]

    @property
    def periods(self) -> list[Period]:
        """The periods, ascending."""
        return sorted(self.forms)

    @property
    def layouts(self) -> list[Layout]:
        """Every layout of any period, once."""
        return list({id(it): it for its in self.forms.values() for it in its}.values())

    @property
    def form_codes(self) -> list[str]:
        """The forms of any period."""
        return sorted({it.form.code for it in self.layouts})

    @property
    def parameters(self) -> tuple[list[str], list[str], str, str]:
        """Forms, periods, province and unit, as the queries take them."""
        return self.form_codes, [it.code for it in self.periods], self.province, self.unit


class Pictures:
    """Looks figures and receipts up; every method needs a connection that holds still."""

    def __init__(self, facts: Facts, layouts: Layouts) -> None:
        self.facts = facts
        self.layouts = layouts

    async def moment(self, connection: Connection, province: str) -> Moment:
        """Return the present instant, and that of the newest report of a province."""
        (row,) = await connection.fetch(QUERIES["watermark"], province)
        return Moment(row["as_of"], row["watermark"])

    async def periods(self, connection: Connection, unit: str) -> list[Period]:
        """Return the periods for which the unit, or anyone below it, has reported."""
        rows = await connection.fetch(QUERIES["periods_of_unit"], unit)
        return sorted(known_period(row["period"]) for row in rows)

    async def readings(self, connection: Connection, question: Question) -> list[Reading]:
        """Return every figure that the question selects."""
        selection = Selection(self.facts.catalogue, question.periods, question.layouts)
        tallies = await self._tallies(connection, question)
        return readings(selection, tallies, await self._reporters(connection, question))

    async def receipts(
        self, connection: Connection, question: Question
    ) -> Mapping[str, dict[str, Receipt]]:
        """Return the current reports of a unit and all below it, by form and unit."""
        rows = await connection.fetch(QUERIES["receipts"], *question.parameters)
        found: dict[str, dict[str, Receipt]] = {form: {} for form in question.form_codes}
        for row in rows:
            found[row["form"]][row["unit"]] = Receipt(
                row["unit"], row["on_time"], row["first_received_at"], row["due_at"]
            )
        return found

    def owing(self, layout: Layout, period: Period, unit: str) -> frozenset[str]:
        """Return the keys of the units, the unit itself or below it, that owe a form."""
        units = self.facts.directory.owing(layout.form, period, unit)
        return frozenset(it.key for it in units)

    async def _tallies(self, connection: Connection, question: Question) -> list[Tally]:
        forms, periods, province, unit = question.parameters
        if unit == province or self.facts.directory.path(unit)[0] == unit:
            rows = await connection.fetch(QUERIES["totals_of_area"], unit, forms, periods)
            return [self._tally(row, Totals(*tuple(row)[2:])) for row in rows]
        rows = await connection.fetch(QUERIES["reports_of_unit"], unit, forms, periods)
        return [self._tally(row, _own_totals(row)) for row in rows]

    def _tally(self, row: asyncpg.Record, totals: Totals) -> Tally:
        layout = self.layouts.known(row["form"], row["period"])
        return Tally(layout, known_period(row["period"]), totals)

    async def _reporters(self, connection: Connection, question: Question) -> Reporters:
        rows = await connection.fetch(QUERIES["filed"], *question.parameters)
        filed: dict[tuple[str, str], list[Filed]] = {}
        for row in rows:
            # PostgreSQL counts positions from 1.
            missing = frozenset(position - 1 for position in row["missing"])
            its = filed.setdefault((row["form"], row["period"]), [])
            its.append(Filed(frozenset(row["units"]), missing))
        return Reporters(
            FormFiled(
                layout,
                period,
                self.owing(layout, period, question.unit),
                filed.get((layout.form.code, period.code), ()),
            )
            for period, layouts in question.forms.items()
            for layout in layouts
        )


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


def known_period(code: str) -> Period:
    """Return a period that has been counted. Raises KeyError: our facts have lost it."""
    period = parse_period(code)
    if period is None:
        raise KeyError(f"no regime knows the period {code}")
    return period


def _own_totals(row: asyncpg.Record) -> Totals:
    """Turn a unit's own report into the totals of one report."""
    figures = row["figures"]
    return Totals(
        sums=[figure or 0 for figure in figures],
        reporting=[0 if figure is None else 1 for figure in figures],
        at_least=_flags(row["at_least"], len(figures)),
        about=_flags(row["about"], len(figures)),
        reports=1,
        on_time=int(row["on_time"]),
        late=int(not row["on_time"]),
    )


def _flags(positions: Sequence[int] | None, width: int) -> Sequence[int] | None:
    if positions is None:
        return None
    return [int(place in positions) for place in range(width)]
