"""
Query: how many units owe each form for a period, and how many have sent it, on time or late.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Sequence

from services.aggregator.domain.coverage import added, coverage
from services.aggregator.domain.question import Question
from services.aggregator.domain.scopes import owing
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import Answer, heading
from services.aggregator.usecases.resolve import check_unit, resolve_forms
from shared.contracts.totals import Coverage
from shared.infra.postgres.database import Database
from shared.reference.periods import Period


class FormCoverage(Coverage):
    """The coverage of one form."""

    form: str
    title: str


class CoverageAnswer(Answer, Coverage):
    """The coverage of each form, and of all of them together."""

    forms: list[FormCoverage]


class CoverageQuery:
    """Answers ``/v1/coverage``."""

    def __init__(self, database: Database, reader: LedgerReader) -> None:
        self._database = database
        self._reader = reader

    async def __call__(self, key: str, period: Period, wanted: Sequence[str]) -> CoverageAnswer:
        """Answer with the coverage of each form that a unit owes, and of the *wanted* ones."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        forms = resolve_forms(self._reader.layouts, wanted, [period], reference.regimes)
        question = Question(reference, key, forms)
        receipts = await self._reader.receipts_now(self._database, question)
        scope = question.scopes[period]
        parts = [
            FormCoverage(
                form=layout.form.code,
                title=layout.form.title(period.last_day),
                **coverage(units, receipts.by_form[layout.form.code].values()).model_dump(),
            )
            for layout in question.layouts
            if (units := owing(reference.directory, layout.form, period, scope)) or wanted
        ]
        return CoverageAnswer(
            **heading(reference, key, [period], receipts.as_of),
            forms=parts,
            **added(parts).model_dump(),
        )
