"""
Query: every figure of a unit for a period, a range, or all periods with reports.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Callable, Sequence

from services.aggregator.domain.question import Question, origins, provinces_of
from services.aggregator.domain.ranges import reported_range
from services.aggregator.domain.scopes import Scope, View
from services.aggregator.store.ledger_reader import AsOf, LedgerReader, read_snapshot
from services.aggregator.usecases.answers import (
    Answer,
    UnitAnswer,
    UnitOnDay,
    heading,
    unit_answers,
)
from services.aggregator.usecases.compute import computed_figures
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.resolve import check_unit, check_unit_is_current, resolve_forms
from shared.contracts.totals import Figure
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import Period, latest_closed


class TotalsAnswer(Answer):
    """
    Every figure of a unit for a period or a range of periods.

    ``made_of`` are the units whose reports count; those ``not_separable`` lay only partly inside
    and count in no figure. Only one source places the ``unverified`` here.
    """

    view: View = "as_reported"
    made_of: list[UnitAnswer]
    not_separable: list[UnitAnswer]
    unverified: list[UnitAnswer]
    figures: list[Figure]


class TotalsQuery:
    """Answers ``/v1/totals``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(
        self, key: str, periods: Sequence[Period], wanted: Sequence[str], view: View
    ) -> TotalsAnswer:
        """Answer with every figure; no *periods* means the range for which there are reports."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        units = origins(reference, key, view)
        async with read_snapshot(self._database) as connection:
            as_of = await self._reader.as_of(connection, provinces_of(reference, units))
            if view == "current":
                check_unit_is_current(reference, key, as_of.today)
            periods = periods or await self._reported_periods(connection, units, as_of)
            forms = resolve_forms(self._reader.layouts, wanted, periods)
            question = Question(reference, key, forms, view, as_of.today)
            computed = await computed_figures(connection, self._reader, question)
        return TotalsAnswer(
            **heading(reference, key, periods, as_of),
            view=view,
            made_of=_named(question, lambda it: it.made_of),
            not_separable=_named(question, lambda it: it.not_separable),
            unverified=_named(question, lambda it: it.unverified),
            figures=[self._writer.figure(it) for it in computed],
        )

    async def _reported_periods(
        self, connection: Connection, units: frozenset[str], as_of: AsOf
    ) -> Sequence[Period]:
        """Return all periods with reports; without any, the last year, which has no figures."""
        reported = await self._reader.periods(connection, units)
        return reported_range(reported) or [latest_closed("cal", "year", as_of.today)]


def _named(question: Question, units_of: Callable[[Scope], Sequence[str]]) -> list[UnitAnswer]:
    """Name some units of the question's scopes, as they were in its periods."""
    return unit_answers(
        question.reference,
        (
            UnitOnDay(unit, period.last_day)
            for period, scope in question.scopes.items()
            for unit in units_of(scope)
        ),
    )
