"""
Query: the windows that committees' own regimes have for a unit.

Reads the reference data in force; changes nothing.
"""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, Field

from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import UnitAnswer, unit_answer
from services.aggregator.usecases.resolve import check_unit
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from shared.reference.regimes import Regime


class WindowAnswer(BaseModel):
    """
    A window: its code, what people call it, its first and its last day.

    ``obligatory`` says whether reports for it are owed without a letter; ``forms`` are those that
    the regime asks for, empty for all that are reported for years.
    """

    period: str
    label: str
    regime: str
    regime_label: str
    obligatory: bool
    forms: list[str]
    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")


class PeriodsAnswer(BaseModel):
    """The windows of a unit that have begun, the newest first."""

    unit: UnitAnswer
    periods: list[WindowAnswer]


class PeriodsQuery:
    """Answers ``/v1/periods``."""

    def __init__(self, database: Database, reader: LedgerReader) -> None:
        self._database = database
        self._reader = reader

    async def __call__(self, key: str) -> PeriodsAnswer:
        """Answer with the windows that have begun by the database's clock."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        async with self._database.connection() as connection:
            today = (await self._reader.as_of(connection, [])).today
        windows = [it for regime in reference.regimes for it in _windows(reference, regime, key)]
        begun = [it for it in windows if it.first_day <= today]
        return PeriodsAnswer(
            unit=unit_answer(reference, key, today),
            periods=sorted(begun, key=lambda it: (it.last_day, it.period), reverse=True),
        )


def _windows(reference: ReferenceData, regime: Regime, key: str) -> Iterator[WindowAnswer]:
    """Yield the windows of a regime in whose area the unit lay on their last day."""
    for listed in regime.windows:
        period = listed.period
        if regime.holds_in((key, *reference.directory.path(key, period.last_day))):
            yield WindowAnswer(
                period=period.code,
                label=listed.label,
                regime=regime.code,
                regime_label=regime.label_vi,
                obligatory=regime.obligatory,
                forms=sorted(regime.forms),
                first_day=period.first_day,
                last_day=period.last_day,
            )
