"""
A statement: figures and coverage of one unit, form and period, ready to be published or signed.

Reads the ledger; changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.aggregator.domain.coverage import coverage
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.question import Question, provinces_of
from services.aggregator.domain.scopes import owing
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.figures import figure
from shared.contracts.totals import Coverage, Figure
from shared.infra.postgres.database import Connection
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class Statement:
    """Figures as reported and coverage at ``watermark``; ``owing`` is a digest of who owes."""

    watermark: datetime
    coverage: Coverage
    figures: tuple[Figure, ...]
    owing: str


async def statement(
    connection: Connection,
    reader: LedgerReader,
    reference: ReferenceData,
    unit: str,
    of: tuple[Layout, Period],
) -> Statement:
    """State the figures and coverage of one unit for one form and period."""
    layout, period = of
    question = Question(reference, unit, {period: [layout]})
    as_of = await reader.as_of(connection, provinces_of(reference, [unit]))
    computed = await reader.figures(connection, question)
    receipts = await reader.receipts(connection, question)
    units = owing(reference.directory, layout.form, period, question.scopes[period])
    return Statement(
        as_of.watermark or as_of.as_of,
        coverage(units, receipts[layout.form.code].values()),
        tuple(figure(it) for it in computed),
        digest(units),
    )


def digest(units: frozenset[str]) -> str:
    """Return what a set of units comes to; it changes when any of them does."""
    return sha256(" ".join(sorted(units)).encode()).hexdigest()
