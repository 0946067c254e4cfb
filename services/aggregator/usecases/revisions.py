"""
Query: every revision of one report, when it came, and which figures it changed.

Reads ``report``; changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import asyncpg
from pydantic import BaseModel

from services.aggregator.domain.layouts import Layout
from services.aggregator.messages import absent
from services.aggregator.store.ledger_reader import LedgerReader, read_snapshot
from services.aggregator.usecases.figures import written
from services.aggregator.usecases.naming import UnitAnswer, unit_answer
from services.aggregator.usecases.questions import asked_form, asked_unit
from shared.contracts.totals import Value
from shared.infra.postgres.database import Database
from shared.reference.figures import Qualifier, to_decimal
from shared.reference.indicators import Indicator
from shared.reference.periods import Period
from shared.reference.slots import Slot


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
    One revision; the changes of the first are all that it stated.

    ``on_time`` was judged once, at ``first_received_at``: a correction repeats it. Only the
    document named by ``rejudged`` has it judged again.
    """

    revision: int
    withdrawn: bool
    received_at: datetime
    first_received_at: datetime | None
    accepted_at: datetime
    due_at: datetime | None
    on_time: bool | None
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

    def __init__(self, database: Database, reader: LedgerReader) -> None:
        self._database = database
        self._reader = reader

    async def __call__(self, key: str, form: str, period: Period) -> RevisionsAnswer:
        """Answer with every revision of a slot, and what each changed."""
        reference = self._reader.reference()
        asked_unit(reference.directory, key)
        layout = asked_form(self._reader.layouts, form, period)
        async with read_snapshot(self._database) as connection:
            rows = await self._reader.revisions(connection, Slot(key, form, period.code))
        return RevisionsAnswer(
            unit=unit_answer(reference, key, period.last_day),
            form=form,
            period=period.code,
            revisions=history(rows, layout),
        )


def history(rows: Sequence[asyncpg.Record], layout: Layout) -> list[RevisionAnswer]:
    """Return the history of a slot; *rows* are in the order of their revisions."""
    answers = []
    before = _nothing(layout)
    for row in rows:
        after = _stated(row, layout)
        answers.append(
            RevisionAnswer(
                **{name: row[name] for name in _COLUMNS},
                withdrawn=row["figures"] is None,
                changes=list(_changes(before, after, layout)),
            )
        )
        before = after
    return answers


_COLUMNS = (
    *("revision", "received_at", "first_received_at", "accepted_at", "due_at", "on_time"),
    *("source", "submission_id", "rejudged"),
)
_Stated = tuple[int | None, Qualifier]


def _nothing(layout: Layout) -> list[_Stated]:
    return [(None, Qualifier.EXACT)] * layout.width


def _stated(row: asyncpg.Record, layout: Layout) -> list[_Stated]:
    if row["figures"] is None:
        return _nothing(layout)
    qualifiers = dict.fromkeys(row["about"] or (), Qualifier.ABOUT)
    qualifiers |= dict.fromkeys(row["at_least"] or (), Qualifier.AT_LEAST)
    return [
        (figure, qualifiers.get(place, Qualifier.EXACT))
        for place, figure in enumerate(row["figures"])
    ]


def _changes(
    before: Sequence[_Stated], after: Sequence[_Stated], layout: Layout
) -> Iterator[ChangedCell]:
    for place, (then, now) in enumerate(zip(before, after, strict=True)):
        if then != now:
            indicator, cell = layout.indicators[place], layout.form.cells[place]
            yield ChangedCell(
                indicator=cell.indicator,
                split=dict(cell.split),
                before=_value(indicator, then),
                before_display=_display(indicator, then),
                after=_value(indicator, now),
                after_display=_display(indicator, now),
            )


def _amount(indicator: Indicator, value: int) -> int | Decimal:
    return to_decimal(value, indicator.scale) if indicator.scale else value


def _value(indicator: Indicator, stated: _Stated) -> Value:
    if stated[0] is None:
        return None
    amount = _amount(indicator, stated[0])
    return str(amount) if isinstance(amount, Decimal) else amount


def _display(indicator: Indicator, stated: _Stated) -> str:
    value, qualifier = stated
    return absent() if value is None else written(indicator, _amount(indicator, value), qualifier)
