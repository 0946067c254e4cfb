"""
Query: every figure of a unit for a period, a range, or all periods with reports.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, Field

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.question import Question, origins, provinces_of
from services.aggregator.domain.ranges import reported_range
from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.domain.scopes import Scope, View
from services.aggregator.store.ledger_reader import AsOf, LedgerReader, read_snapshot
from services.aggregator.usecases.answers import (
    Answer,
    UnitAnswer,
    UnitOnDay,
    heading,
    unit_answers,
)
from services.aggregator.usecases.compute import computed_by_base, computed_figures
from services.aggregator.usecases.figures import ComparedFigure, FigureWriter, Since
from services.aggregator.usecases.resolve import check_unit, check_unit_is_current, resolve_forms
from shared.contracts.totals import Figure
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import Period, latest_closed

AnsweredFigures = list[ComparedFigure] | list[Figure]


class TotalsPart(BaseModel):
    """The figures of the reporters of one type of base, those that they owe or state."""

    base: str
    label: str
    figures: AnsweredFigures


class TotalsAnswer(Answer):
    """
    Every figure of a unit for a period or a range of periods.

    ``made_of`` are the units whose reports count; those ``not_separable`` lay only partly inside
    and count in no figure. Only one source places the ``unverified`` here. ``parts`` are there
    when the question is ``by=base``.
    """

    view: View = "as_reported"
    made_of: list[UnitAnswer]
    not_separable: list[UnitAnswer]
    unverified: list[UnitAnswer]
    figures: AnsweredFigures
    parts: list[TotalsPart] = Field(default_factory=list)


@dataclass(frozen=True)
class TotalsOptions:
    """
    The forms, none for all; whose boundaries; and what else is told.

    An earlier period to ``compare_with`` tells what became of each figure, ``by_base`` what part
    of it reporters of each type of base have.
    """

    forms: Sequence[str] = ()
    view: View = "as_reported"
    compare_with: Period | None = None
    by_base: bool = False


class TotalsQuery:
    """Answers ``/v1/totals``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(
        self, key: str, periods: Sequence[Period], options: TotalsOptions
    ) -> TotalsAnswer:
        """Answer with every figure; no *periods* means the range for which there are reports."""
        reference, view = self._reader.reference(), options.view
        check_unit(reference.directory, key)
        units = origins(reference, key, view)
        async with read_snapshot(self._database) as connection:
            as_of = await self._reader.as_of(connection, provinces_of(reference, units))
            if view == "current":
                check_unit_is_current(reference, key, as_of.today)
            periods = periods or await self._reported_periods(connection, units, as_of)
            forms = resolve_forms(self._reader.layouts, options.forms, periods, reference.regimes)
            question = Question(reference, key, forms, view, as_of.today)
            figures = await self._figures(connection, question, options)
        head = heading(reference, key, periods, as_of)
        why = unfounded(reference.directory, question.scopes)
        return TotalsAnswer(
            **head,
            unfounded=self._writer.explained(why, head["unit"].name),
            view=view,
            made_of=_named(question, lambda it: it.made_of),
            not_separable=_named(question, lambda it: it.not_separable),
            unverified=_named(question, lambda it: it.unverified),
            **figures,
        )

    async def _figures(
        self, connection: Connection, question: Question, options: TotalsOptions
    ) -> dict[str, Any]:
        """Return the fields of the answer that hold figures."""
        asked = [question, *self._earlier(question, options)]
        before, since = options.compare_with, None
        if before is not None:
            since = Since(before, question.reference.regimes.label_vi(before))
        wholes = [await computed_figures(connection, self._reader, it) for it in asked]
        fields: dict[str, Any] = {"figures": self._written(wholes, since)}
        if options.by_base:
            by_base = [await computed_by_base(connection, self._reader, it) for it in asked]
            fields["parts"] = [
                TotalsPart(
                    base=base,
                    label=self._writer.base(base),
                    figures=self._written(
                        [figures, *(it.get(base, []) for it in by_base[1:])], since
                    ),
                )
                for base, figures in by_base[0].items()
            ]
        return fields

    def _earlier(self, question: Question, options: TotalsOptions) -> list[Question]:
        """Return the question about the period to compare with, none without one."""
        if options.compare_with is None:
            return []
        regimes = question.reference.regimes
        forms = resolve_forms(self._reader.layouts, options.forms, [options.compare_with], regimes)
        return [replace(question, forms=forms)]

    def _written(
        self, computed: Sequence[Sequence[ComputedFigure]], since: Since | None
    ) -> AnsweredFigures:
        """Write figures; with those of an earlier period behind them, what became of each."""
        figures, *earlier = computed
        if since is None:
            return [self._writer.figure(it) for it in figures]
        before = {it.cell: it for of_period in earlier for it in of_period}
        return [self._writer.compared(it, before.get(it.cell), since) for it in figures]

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
