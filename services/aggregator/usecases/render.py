"""
Shared step: render the figures and coverage of one unit, form and period to publish or sign them.

Reads the ledger; changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.coverage import coverage
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.question import Question, provinces_of
from services.aggregator.domain.scopes import owing
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.compute import computed_figures
from services.aggregator.usecases.figures import FigureWriter
from shared.contracts.totals import Coverage, Figure, Unfounded
from shared.infra.postgres.database import Connection
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class RenderedTotals:
    """Figures as reported and coverage at ``watermark``; ``owing`` digests the units that owe."""

    watermark: datetime
    coverage: Coverage
    figures: tuple[Figure, ...]
    owing: str


class TotalsRenderer:
    """Renders totals, all from the one snapshot that the connection sees."""

    def __init__(self, reader: LedgerReader, writer: FigureWriter) -> None:
        self.reader = reader
        self._writer = writer

    async def render(
        self,
        connection: Connection,
        reference: ReferenceData,
        unit: str,
        layout: Layout,
        period: Period,
    ) -> RenderedTotals:
        """Return the totals of a unit, as reported."""
        question = Question(reference, unit, {period: [layout]})
        as_of = await self.reader.as_of(connection, provinces_of(reference, [unit]))
        computed = await computed_figures(connection, self.reader, question)
        receipts = await self.reader.receipts(connection, question)
        units = owing(reference.directory, layout.form, period, question.scopes[period])
        why = unfounded(reference.directory, question.scopes)
        return RenderedTotals(
            as_of.watermark or as_of.as_of,
            coverage(units, receipts[layout.form.code].values(), why),
            tuple(self._writer.figure(it) for it in computed),
            digest(units, why),
        )


def digest(units: frozenset[str], unfounded: Unfounded | None) -> str:
    """Return the SHA-256 of the keys of the units that owe, and of why that is no fact."""
    keys = " ".join(sorted(units))
    basis = f"{keys} {unfounded.known_from}" if unfounded else keys
    return sha256(basis.encode()).hexdigest()
