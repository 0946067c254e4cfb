"""
What the ledger holds of the units that make up a scope: totals of areas, reports of units.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg

from services.aggregator.domain.coverage import Receipt
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.reporters import Filed
from services.aggregator.domain.rollup import Tally
from services.aggregator.domain.scopes import Scope
from services.aggregator.domain.totals import Totals
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.directory import Directory
from shared.reference.periods import Period, parse_period

QUERIES = load_queries(Path(__file__).parent / "sheets.sql")

Filings = Mapping[tuple[str, str], Sequence[Filed]]
"""Who filed what, by form and period."""


@dataclass(frozen=True)
class Part:
    """The periods of a question in which one scope holds, and the layouts selected in each."""

    scope: Scope
    forms: Mapping[Period, Sequence[Layout]]

    @property
    def codes(self) -> tuple[list[str], list[str]]:
        """Forms and periods, as the queries take them."""
        forms = {layout.form.code for layouts in self.forms.values() for layout in layouts}
        return sorted(forms), [it.code for it in self.forms]

    def __iter__(self) -> Iterator[tuple[Period, Layout]]:
        return ((period, it) for period, layouts in self.forms.items() for it in layouts)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that counts in one part; ``divided`` is what units filed that do not."""

    part: Part
    tallies: list[Tally] = field(default_factory=list)
    filed: dict[tuple[str, str], list[Filed]] = field(default_factory=dict)
    divided: dict[tuple[str, str], list[Filed]] = field(default_factory=dict)


async def read_sheet(
    connection: Connection, layouts: Layouts, directory: Directory, part: Part
) -> Sheet:
    """Read what counts in a part of a question."""
    sheet = Sheet(part)
    scope = part.scope
    if scope.areas:
        for row in await connection.fetch(QUERIES["totals_of_areas"], [*scope.areas], *part.codes):
            area, _, _, *totals = row
            tally = _tally(layouts, row, Totals(*totals))
            sheet.tallies.append(_placed(tally, directory, area, scope))
        for row in await _filed_in(connection, part):
            # PostgreSQL counts positions from 1.
            missing = frozenset(position - 1 for position in row["missing"])
            _file(sheet.filed, row, Filed(frozenset(row["units"]), missing))
    for row in await _reports(connection, part, scope.units):
        tally = _tally(layouts, row, _own_totals(row))
        sheet.tallies.append(_placed(tally, directory, row["unit"], scope))
        _file(sheet.filed, row, _filed_alone(row))
    for row in await _reports(connection, part, scope.not_separable):
        _file(sheet.divided, row, _filed_alone(row))
    return sheet


async def receipts(
    connection: Connection, part: Part, owing: Mapping[str, Iterable[str]]
) -> Mapping[str, dict[str, Receipt]]:
    """
    Return the current reports of a scope, by form and unit.

    *owing* are the units that owe each form. Whoever is not found in the areas may have reported
    while the directory still placed it elsewhere, and is looked for by its own key.
    """
    scope = part.scope
    found: dict[str, dict[str, Receipt]] = {form: {} for form in part.codes[0]}
    if scope.areas:
        question = [*scope.areas], *part.codes, [*scope.provinces]
        _receive(found, await connection.fetch(QUERIES["receipts_in_areas"], *question))
    absent = {unit for form, units in owing.items() for unit in units if unit not in found[form]}
    if alone := sorted({*scope.units, *absent}):
        _receive(found, await connection.fetch(QUERIES["receipts_of_units"], alone, *part.codes))
    return found


def known_period(code: str) -> Period:
    """Return a period that has been counted. Raises KeyError: our facts have lost it."""
    period = parse_period(code)
    if period is None:
        raise KeyError(f"no regime knows the period {code}")
    return period


def _receive(found: dict[str, dict[str, Receipt]], rows: Iterable[asyncpg.Record]) -> None:
    for row in rows:
        form, *its = row
        found[form][row["unit"]] = Receipt(*its)


async def _filed_in(connection: Connection, part: Part) -> Sequence[asyncpg.Record]:
    scope = part.scope
    name, question = "filed_in_provinces", [*part.codes, [*scope.provinces]]
    if scope.areas != scope.provinces:
        name, question = "filed_in_areas", [[*scope.areas], *question]
    rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES[name], *question)
    return rows


async def _reports(
    connection: Connection, part: Part, units: Sequence[str]
) -> Sequence[asyncpg.Record]:
    if not units:
        return ()
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        QUERIES["reports_of_units"], [*units], *part.codes
    )
    return rows


def _tally(layouts: Layouts, row: asyncpg.Record, totals: Totals) -> Tally:
    layout = layouts.known(row["form"], row["period"])
    return Tally(layout, known_period(row["period"]), totals)


def _placed(tally: Tally, directory: Directory, unit: str, scope: Scope) -> Tally:
    """Say whose totals these are, and whether the unit was there all the time."""
    return replace(
        tally,
        own=unit == scope.continued,
        unit=unit,
        at_start=directory.alive(unit, tally.period.first_day),
        at_end=directory.alive(unit, tally.period.last_day),
    )


def _file(filed: dict[tuple[str, str], list[Filed]], row: asyncpg.Record, its: Filed) -> None:
    filed.setdefault((row["form"], row["period"]), []).append(its)


def _filed_alone(row: asyncpg.Record) -> Filed:
    missing = (place for place, it in enumerate(row["figures"]) if it is None)
    return Filed(frozenset({row["unit"]}), frozenset(missing))


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
