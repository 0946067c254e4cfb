"""
Query: how many units owe each form for a period, and how many have sent it, on time or late.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.coverage import added, coverage
from services.aggregator.domain.question import Question
from services.aggregator.domain.scopes import owing
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import Answer, heading
from services.aggregator.usecases.figures import FigureWriter, Share
from services.aggregator.usecases.resolve import check_unit, resolve_forms
from shared.contracts.totals import Coverage
from shared.infra.postgres.database import Database
from shared.reference.periods import Period


class Shares(BaseModel):
    """
    How complete and how punctual reporting was, as shares of the units that owe.

    Of punctuality, history entered after the fact is no part.
    """

    reporting_rate: Share
    punctuality_rate: Share


class FormCoverage(Coverage, Shares):
    """The coverage of one form."""

    form: str
    title: str


class CoverageAnswer(Answer, Coverage, Shares):
    """The coverage of each form, and of all of them together."""

    forms: list[FormCoverage]


class CoverageQuery:
    """Answers ``/v1/coverage``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(self, key: str, period: Period, wanted: Sequence[str]) -> CoverageAnswer:
        """Answer with the coverage of each form that a unit owes, and of the *wanted* ones."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        forms = resolve_forms(self._reader.layouts, wanted, [period], reference.regimes)
        question = Question(reference, key, forms)
        receipts = await self._reader.receipts_now(self._database, question)
        scope, why = question.scopes[period], unfounded(reference.directory, question.scopes)
        parts = [
            (layout.form, coverage(units, receipts.by_form[layout.form.code].values(), why))
            for layout in question.layouts
            if (units := owing(reference.directory, layout.form, period, scope)) or wanted
        ]
        whole, head = (
            added(it for _, it in parts),
            heading(reference, key, [period], receipts.as_of),
        )
        return CoverageAnswer(
            **head,
            **self._fields(whole) | {"unfounded": self._writer.explained(why, head["unit"].name)},
            forms=[
                FormCoverage(form=form.code, title=form.title(period.last_day), **self._fields(it))
                for form, it in parts
            ],
        )

    def _fields(self, found: Coverage) -> dict[str, Any]:
        """Return the fields of an answer about one coverage."""
        founded, punctual_whole = found.unfounded is None, found.expected - found.backfilled
        return {
            **dict(found),
            "reporting_rate": self._writer.share(found.reported, found.expected, founded=founded),
            "punctuality_rate": self._writer.share(found.on_time, punctual_whole, founded=founded),
        }
