"""Answers questions about one unit, each from one snapshot of the ledger and of the facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from services.aggregator.answers import (
    CoverageAnswer,
    FormCoverage,
    LateAnswer,
    TotalsAnswer,
    figure,
    late_units,
)
from services.aggregator.domain.coverage import Receipt, added, coverage, stragglers
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.scopes import View, owing
from services.aggregator.naming import named, unit_answer
from services.aggregator.pictures import Moment, Pictures, Question, origins, provinces_of, still
from services.aggregator.questions import (
    all_periods,
    asked_forms,
    asked_today,
    asked_unit,
)
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import Period, latest_closed
from shared.reference.reference_data import ReferenceData


class Desk:
    """What stands behind the addresses of figures, coverage and lateness."""

    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database = database
        self._pictures = pictures

    async def totals(
        self, key: str, periods: Sequence[Period], wanted: Sequence[str], view: View
    ) -> TotalsAnswer:
        """Answer with every figure; without periods, with those of all that were reported."""
        reference = self._pictures.reference()
        asked_unit(reference.directory, key)
        units = origins(reference, key, view)
        async with still(self._database) as connection:
            moment = await self._moment(connection, reference, units)
            if view == "current":
                asked_today(reference, key, moment.today)
            periods = periods or await self._reported_periods(connection, units, moment)
            forms = self._asked_forms(wanted, periods)
            question = Question(reference, key, forms, view, moment.today)
            readings = await self._pictures.readings(connection, question)
        scopes = question.scopes.items()
        return TotalsAnswer(
            **_beginning(reference, key, periods, moment),
            view=view,
            made_of=named(
                reference, ((it, day.last_day) for day, its in scopes for it in its.made_of)
            ),
            not_separable=named(
                reference, ((it, day.last_day) for day, its in scopes for it in its.not_separable)
            ),
            unverified=named(
                reference, ((it, day.last_day) for day, its in scopes for it in its.unverified)
            ),
            figures=[figure(it) for it in readings],
        )

    async def coverage(self, key: str, period: Period, wanted: Sequence[str]) -> CoverageAnswer:
        """Answer with the coverage of each form that somebody owes, and of those asked for."""
        reference = self._pictures.reference()
        question = self._asked(reference, key, period, wanted)
        moment, receipts = await self._receipts(question)
        scope = question.scopes[period]
        parts = [
            FormCoverage(
                form=layout.form.code,
                title=layout.form.title_vi,
                **coverage(units, receipts[layout.form.code].values()).model_dump(),
            )
            for layout in question.layouts
            if (units := owing(reference.directory, layout.form, period, scope)) or wanted
        ]
        return CoverageAnswer(
            **_beginning(reference, key, [period], moment),
            forms=parts,
            **added(parts).model_dump(),
        )

    async def late(self, key: str, period: Period, wanted: Sequence[str]) -> LateAnswer:
        """Answer with the late list as it stands by the database's clock."""
        reference = self._pictures.reference()
        question = self._asked(reference, key, period, wanted)
        moment, receipts = await self._receipts(question)
        scope = question.scopes[period]
        found = [
            straggler
            for layout in question.layouts
            for straggler in stragglers(
                layout.form.code,
                owing(reference.directory, layout.form, period, scope),
                receipts[layout.form.code],
                partial(_due_at, reference, layout, period),
                moment.as_of,
            )
        ]
        return LateAnswer(
            **_beginning(reference, key, [period], moment),
            units=late_units(found, reference.directory, period.last_day),
        )

    def _asked(
        self, reference: ReferenceData, key: str, period: Period, wanted: Sequence[str]
    ) -> Question:
        asked_unit(reference.directory, key)
        return Question(reference, key, self._asked_forms(wanted, [period]))

    def _asked_forms(
        self, wanted: Sequence[str], periods: Sequence[Period]
    ) -> Mapping[Period, Sequence[Layout]]:
        return asked_forms(self._pictures.layouts, wanted, periods)

    async def _moment(
        self, connection: Connection, reference: ReferenceData, units: frozenset[str]
    ) -> Moment:
        return await self._pictures.moment(connection, provinces_of(reference, units))

    async def _reported_periods(
        self, connection: Connection, units: frozenset[str], moment: Moment
    ) -> Sequence[Period]:
        """Find all periods with reports; where there are none, the last year has nothing to say."""
        reported = await self._pictures.periods(connection, units)
        return all_periods(reported) or [latest_closed("cal", "year", moment.today)]

    async def _receipts(
        self, question: Question
    ) -> tuple[Moment, Mapping[str, dict[str, Receipt]]]:
        async with still(self._database) as connection:
            moment = await self._moment(connection, question.reference, frozenset({question.unit}))
            return moment, await self._pictures.receipts(connection, question)


def _due_at(reference: ReferenceData, layout: Layout, period: Period, unit: str) -> datetime | None:
    """Return when a unit's report is due, None where that is not known."""
    try:
        due = reference.due(layout.form.code, period, unit)
    except ValueError:
        return None  # beyond the calendar of working days; a guess would accuse somebody
    return due.at if due else None


def _beginning(
    reference: ReferenceData, key: str, periods: Sequence[Period], moment: Moment
) -> dict[str, Any]:
    """Return what every answer begins with; the unit is named as it was at the end."""
    return {
        "unit": unit_answer(reference, key, periods[-1].last_day),
        **_span(periods),
        "as_of": moment.as_of,
        "watermark": moment.watermark,
    }


def _span(periods: Sequence[Period]) -> dict[str, str]:
    if len(periods) == 1:
        return {"period": periods[0].code}
    return {"first": periods[0].code, "last": periods[-1].code}
