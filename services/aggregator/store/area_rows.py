"""
Rows of the ledger for the units that make up a scope: totals of areas, reports of units.

Reads ``report`` and ``total``; changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from services.aggregator.domain.amounts import Amount, added
from services.aggregator.domain.area_rows import AreaRows, FormPeriod
from services.aggregator.domain.coverage import ReceiptsByForm, ReportReceipt
from services.aggregator.domain.layouts import Layouts, require_period
from services.aggregator.domain.question import ScopeSlice
from services.aggregator.domain.reporters import ReportGroup
from services.aggregator.domain.scopes import Scope
from services.aggregator.domain.stated_figures import CellAmount, PeriodTotals
from services.aggregator.domain.totals import Totals
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.directory import Directory
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "area_rows.sql")


async def read_area_rows(
    connection: Connection, layouts: Layouts, directory: Directory, slice_: ScopeSlice
) -> AreaRows:
    """Read the rows that count in a slice of a question."""
    result = AreaRows(slice_)
    scope = slice_.scope
    if scope.areas:
        for row in await connection.fetch(
            QUERIES["totals_of_areas"], [*scope.areas], *slice_.codes
        ):
            area, _, _, _, *numbers = row
            totals = _period_totals(layouts, row, Totals(*numbers))
            result.totals.append(_within_scope(totals, directory, area, scope))
        for row in await _reports_in_areas(connection, slice_):
            # PostgreSQL counts positions from 1.
            missing = frozenset(position - 1 for position in row["missing"])
            _add(result.reports, row, ReportGroup(frozenset(row["units"]), missing))
    for row in await _reports(connection, slice_, scope.units):
        totals = _period_totals(layouts, row, _own_totals(row))
        result.totals.append(_within_scope(totals, directory, row["unit"], scope))
        _add(result.reports, row, _one_report(row))
    for row in await _reports(connection, slice_, scope.not_separable):
        _add(result.divided, row, _one_report(row))
    result.repeated.extend(await _repeated(connection, layouts, directory, result))
    return result


async def read_receipts(
    connection: Connection, slice_: ScopeSlice, owing: Mapping[str, Iterable[str]]
) -> ReceiptsByForm:
    """
    Return the current reports of a scope, by form and unit.

    *owing* are the units that owe each form. One without a report in the areas may have reported
    while the directory placed it elsewhere, so its report is queried by its own key.
    """
    scope = slice_.scope
    by_form: dict[str, dict[str, ReportReceipt]] = {form: {} for form in slice_.codes.forms}
    if scope.areas:
        areas, provinces = [*scope.areas], [*scope.provinces]
        query = QUERIES["receipts_in_areas"], areas, *slice_.codes, provinces
        _add_receipts(by_form, await connection.fetch(*query))
    absent = {unit for form, units in owing.items() for unit in units if unit not in by_form[form]}
    if alone := sorted({*scope.units, *absent}):
        rows = await connection.fetch(QUERIES["receipts_of_units"], alone, *slice_.codes)
        _add_receipts(by_form, rows)
    return by_form


def _add_receipts(
    by_form: dict[str, dict[str, ReportReceipt]], rows: Iterable[asyncpg.Record]
) -> None:
    for row in rows:
        form, *values = row
        by_form[form][row["unit"]] = ReportReceipt(*values)


async def _reports_in_areas(connection: Connection, slice_: ScopeSlice) -> Sequence[asyncpg.Record]:
    scope = slice_.scope
    name, arguments = "reports_in_provinces", [*slice_.codes, [*scope.provinces]]
    if scope.areas != scope.provinces:
        name, arguments = "reports_in_areas", [[*scope.areas], *arguments]
    rows: Sequence[asyncpg.Record] = await connection.fetch(QUERIES[name], *arguments)
    return rows


async def _reports(
    connection: Connection, slice_: ScopeSlice, units: Sequence[str]
) -> Sequence[asyncpg.Record]:
    if not units:
        return ()
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        QUERIES["reports_of_units"], [*units], *slice_.codes
    )
    return rows


async def _repeated(
    connection: Connection, layouts: Layouts, directory: Directory, rows: AreaRows
) -> list[CellAmount]:
    """Read the figures that do not count beside those of another form, as amounts below zero."""
    repetitions = rows.repetitions(directory)
    units = sorted(frozenset[str]().union(*(it.units for it in repetitions)))
    by_slot = {
        Slot(row["unit"], row["form"], row["period"]): row
        for row in await _reports(connection, rows.slice_, units)
    }
    amounts: list[CellAmount] = []
    for units_of_cell, form, period, position in repetitions:
        stated: dict[str, list[Amount]] = {}
        for row in (by_slot[Slot(unit, form, period)] for unit in units_of_cell):
            stated.setdefault(row["unit_type"], []).append(_amount(row, position))
        cell = layouts.require(form, period).form.cells[position]
        amounts += [
            CellAmount(cell, require_period(period), -added(of_type), unit_type)
            for unit_type, of_type in stated.items()
        ]
    return amounts


def _amount(row: asyncpg.Record, position: int) -> Amount:
    """Return one figure of a report that states it."""
    doubts = (int(position in (row[it] or ())) for it in ("at_least", "about", "at_most"))
    return Amount(row["figures"][position], 1, *doubts)


def _period_totals(layouts: Layouts, row: asyncpg.Record, totals: Totals) -> PeriodTotals:
    layout = layouts.require(row["form"], row["period"])
    period = require_period(row["period"])
    return PeriodTotals(layout, period, totals, unit_type=row["unit_type"])


def _within_scope(
    totals: PeriodTotals, directory: Directory, unit: str, scope: Scope
) -> PeriodTotals:
    """Add the unit of the totals, and whether it existed on the first and the last day."""
    return replace(
        totals,
        own=unit == scope.continued,
        unit=unit,
        at_start=directory.alive(unit, totals.period.first_day),
        at_end=directory.alive(unit, totals.period.last_day),
    )


def _add(
    by_form: dict[FormPeriod, list[ReportGroup]], row: asyncpg.Record, reports: ReportGroup
) -> None:
    by_form.setdefault(FormPeriod(row["form"], row["period"]), []).append(reports)


def _one_report(row: asyncpg.Record) -> ReportGroup:
    missing = (position for position, it in enumerate(row["figures"]) if it is None)
    return ReportGroup(frozenset({row["unit"]}), frozenset(missing))


def _own_totals(row: asyncpg.Record) -> Totals:
    """Return the totals of one report."""
    figures = row["figures"]
    return Totals(
        sums=[figure or 0 for figure in figures],
        reporting=[0 if figure is None else 1 for figure in figures],
        at_least=_flags(row["at_least"], len(figures)),
        about=_flags(row["about"], len(figures)),
        at_most=_flags(row["at_most"], len(figures)),
        reports=1,
        on_time=int(row["on_time"] is True),
        late=int(row["on_time"] is False),
    )


def _flags(positions: Sequence[int] | None, width: int) -> Sequence[int] | None:
    if positions is None:
        return None
    return [int(position in positions) for position in range(width)]
