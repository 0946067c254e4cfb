"""
Query: every revision of one report, when it was received, and the figures that it changed.

Reads ``report``; changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import asyncpg
from pydantic import BaseModel

from services.aggregator.domain.layouts import Layout
from services.aggregator.store.ledger_reader import LedgerReader, read_snapshot
from services.aggregator.usecases.answers import UnitAnswer, unit_answer
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.resolve import check_unit, resolve_form
from shared.contracts.totals import Value
from shared.infra.postgres.database import Database
from shared.reference.figures import Qualifier, to_decimal
from shared.reference.indicators import Indicator
from shared.reference.periods import Period
from shared.reference.slots import Slot

_COLUMNS = (
    *("revision", "received_at", "first_received_at", "accepted_at", "due_at", "on_time"),
    *("source", "submission_id", "rejudged"),
)


class _StatedValue(NamedTuple):
    value: int | Decimal | None
    qualifier: Qualifier


class ChangedCell(BaseModel):
    """One figure before and after a revision; null is not reported."""

    indicator: str
    split: dict[str, str]
    before: Value
    before_display: str
    after: Value
    after_display: str


class RevisionAnswer(BaseModel):
    """
    One revision; ``changes`` of the first are all figures that it states.

    ``on_time`` is judged once, at ``first_received_at``, and repeated by a correction; it is judged
    again only by the document named in ``rejudged``. It is null for a withdrawal, and for history
    entered after the fact (``backfilled``).
    """

    revision: int
    withdrawn: bool
    received_at: datetime
    first_received_at: datetime | None
    accepted_at: datetime
    due_at: datetime | None
    on_time: bool | None
    backfilled: bool
    source: str
    submission_id: str
    rejudged: str | None
    changes: list[ChangedCell]


class RevisionsAnswer(BaseModel):
    """Every revision of a slot, in their order."""

    unit: UnitAnswer
    form: str
    period: str
    revisions: list[RevisionAnswer]


class RevisionsQuery:
    """Answers ``/v1/revisions``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(self, key: str, form: str, period: Period) -> RevisionsAnswer:
        """Answer with every revision of a slot, and what each changed."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        layout = resolve_form(self._reader.layouts, form, period, reference.regimes)
        async with read_snapshot(self._database) as connection:
            rows = await self._reader.revisions(connection, Slot(key, form, period.code))
        stated = [_stated(row, layout) for row in rows]
        return RevisionsAnswer(
            unit=unit_answer(reference, key, period.last_day),
            form=form,
            period=period.code,
            revisions=[
                self._revision(row, before, after, layout)
                for row, (before, after) in zip(
                    rows, pairwise([_nothing(layout), *stated]), strict=True
                )
            ],
        )

    def _revision(
        self,
        row: asyncpg.Record,
        before: Sequence[_StatedValue],
        after: Sequence[_StatedValue],
        layout: Layout,
    ) -> RevisionAnswer:
        return RevisionAnswer(
            **{name: row[name] for name in _COLUMNS},
            withdrawn=row["figures"] is None,
            backfilled=row["figures"] is not None and row["on_time"] is None,
            changes=[
                self._change(layout, position, then, now)
                for position, (then, now) in enumerate(zip(before, after, strict=True))
                if then != now
            ],
        )

    def _change(
        self, layout: Layout, position: int, before: _StatedValue, after: _StatedValue
    ) -> ChangedCell:
        indicator, cell = layout.indicators[position], layout.form.cells[position]
        return ChangedCell(
            indicator=cell.indicator,
            split=dict(cell.split),
            before=_value(before),
            before_display=self._writer.written(indicator, *before),
            after=_value(after),
            after_display=self._writer.written(indicator, *after),
        )


def _nothing(layout: Layout) -> list[_StatedValue]:
    return [_StatedValue(None, Qualifier.EXACT)] * layout.width


def _stated(row: asyncpg.Record, layout: Layout) -> list[_StatedValue]:
    """Return what a revision states, in cell order; a withdrawal states nothing."""
    if row["figures"] is None:
        return _nothing(layout)
    qualifiers = dict.fromkeys(row["about"] or (), Qualifier.ABOUT)
    qualifiers |= dict.fromkeys(row["at_most"] or (), Qualifier.AT_MOST)
    qualifiers |= dict.fromkeys(row["at_least"] or (), Qualifier.AT_LEAST)
    return [
        _StatedValue(_amount(indicator, figure), qualifiers.get(position, Qualifier.EXACT))
        for position, (indicator, figure) in enumerate(
            zip(layout.indicators, row["figures"], strict=True)
        )
    ]


def _amount(indicator: Indicator, figure: int | None) -> int | Decimal | None:
    return figure if figure is None or not indicator.scale else to_decimal(figure, indicator.scale)


def _value(stated: _StatedValue) -> Value:
    return str(stated.value) if isinstance(stated.value, Decimal) else stated.value
