"""
A statement: figures and coverage of one unit, form and period, ready to be published or signed.

Reads the ledger; changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.aggregator.answers import figure
from services.aggregator.domain.coverage import coverage
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.scopes import owing
from services.aggregator.pictures import Pictures, Question, provinces_of
from shared.contracts.totals import Coverage, Figure
from shared.infra.postgres.database import Connection
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class Statement:
    """How a unit, form and period stand, as they were reported; ``owing`` tells who owed."""

    watermark: datetime
    coverage: Coverage
    figures: tuple[Figure, ...]
    owing: str


async def statement(
    connection: Connection,
    pictures: Pictures,
    reference: ReferenceData,
    unit: str,
    place: tuple[Layout, Period],
) -> Statement:
    """Tell how a form and period of a unit stand."""
    layout, period = place
    question = Question(reference, unit, {period: [layout]})
    moment = await pictures.moment(connection, provinces_of(reference, [unit]))
    readings = await pictures.readings(connection, question)
    receipts = await pictures.receipts(connection, question)
    units = owing(reference.directory, layout.form, period, question.scopes[period])
    return Statement(
        moment.watermark or moment.as_of,
        coverage(units, receipts[layout.form.code].values()),
        tuple(figure(it) for it in readings),
        digest(units),
    )


def digest(units: frozenset[str]) -> str:
    """Return what a set of units comes to; it changes when any of them does."""
    return sha256(" ".join(sorted(units)).encode()).hexdigest()
