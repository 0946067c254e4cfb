"""Answers questions about one unit, each from one snapshot of the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.aggregator.answers import (
    CoverageAnswer,
    FormCoverage,
    LateAnswer,
    TotalsAnswer,
    figure,
    late_units,
    unit_answer,
)
from services.aggregator.domain.coverage import Receipt, added, coverage, stragglers
from services.aggregator.domain.layouts import Layout
from services.aggregator.pictures import Moment, Pictures, Question, still
from services.aggregator.questions import all_periods, asked_forms, asked_unit
from shared.domain.periods import VIETNAM, Period, latest_closed
from shared.infra.database import Connection, Database


class Desk:
    """What stands behind each address of the API."""

    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database = database
        self._pictures = pictures
        self._facts = pictures.facts
        self._forms = sorted({it.code for it in pictures.facts.catalogue.forms})

    async def totals(
        self, key: str, periods: Sequence[Period], wanted: Sequence[str]
    ) -> TotalsAnswer:
        """Answer with every figure; without periods, with those of all that were reported."""
        unit = asked_unit(self._facts.directory, key)
        province = self._facts.directory.province(key)
        async with still(self._database) as connection:
            moment = await self._pictures.moment(connection, province)
            periods = periods or await self._reported_periods(connection, key, moment)
            question = Question(key, province, self._asked_forms(wanted, periods))
            readings = await self._pictures.readings(connection, question)
        return TotalsAnswer(
            unit=unit_answer(unit),
            **_span(periods),
            view="as_reported",
            as_of=moment.as_of,
            watermark=moment.watermark,
            figures=[figure(it) for it in readings],
        )

    async def coverage(self, key: str, period: Period, wanted: Sequence[str]) -> CoverageAnswer:
        """Answer with the coverage of each form that somebody owes, and of those asked for."""
        unit = asked_unit(self._facts.directory, key)
        layouts = self._asked_forms(wanted, [period])[period]
        moment, receipts = await self._receipts(key, layouts, period)
        parts = [
            FormCoverage(
                form=layout.form.code,
                title=layout.form.title_vi,
                **coverage(owing, receipts[layout.form.code].values()).model_dump(),
            )
            for layout in layouts
            if (owing := self._pictures.owing(layout, period, key)) or wanted
        ]
        return CoverageAnswer(
            unit=unit_answer(unit),
            period=period.code,
            as_of=moment.as_of,
            watermark=moment.watermark,
            forms=parts,
            **added(parts).model_dump(),
        )

    async def late(self, key: str, period: Period, wanted: Sequence[str]) -> LateAnswer:
        """Answer with the late list as it stands by the database's clock."""
        unit = asked_unit(self._facts.directory, key)
        layouts = self._asked_forms(wanted, [period])[period]
        moment, receipts = await self._receipts(key, layouts, period)
        found = [
            straggler
            for layout in layouts
            for straggler in stragglers(
                layout.form.code,
                self._pictures.owing(layout, period, key),
                receipts[layout.form.code],
                self._due_at(layout, period),
                moment.as_of,
            )
        ]
        return LateAnswer(
            unit=unit_answer(unit),
            period=period.code,
            as_of=moment.as_of,
            watermark=moment.watermark,
            units=late_units(found, self._facts.directory),
        )

    def _asked_forms(
        self, wanted: Sequence[str], periods: Sequence[Period]
    ) -> Mapping[Period, Sequence[Layout]]:
        return asked_forms(self._pictures.layouts, self._forms, wanted, periods)

    async def _reported_periods(
        self, connection: Connection, key: str, moment: Moment
    ) -> Sequence[Period]:
        """Find all periods with reports; where there are none, the last year has nothing to say."""
        reported = await self._pictures.periods(connection, key)
        today = moment.as_of.astimezone(VIETNAM).date()
        return all_periods(reported) or [latest_closed("cal", "year", today)]

    async def _receipts(
        self, key: str, layouts: Sequence[Layout], period: Period
    ) -> tuple[Moment, Mapping[str, dict[str, Receipt]]]:
        province = self._facts.directory.province(key)
        question = Question(key, province, {period: layouts})
        async with still(self._database) as connection:
            moment = await self._pictures.moment(connection, province)
            return moment, await self._pictures.receipts(connection, question)

    def _due_at(self, layout: Layout, period: Period) -> Callable[[str], datetime | None]:
        """Return due instants by unit; units of one path have the same, so it is found once."""
        known: dict[tuple[str, ...], datetime | None] = {}

        def due_at(unit: str) -> datetime | None:
            path = self._facts.directory.path(unit)
            if path not in known:
                known[path] = self._find_due_at(layout, period, unit)
            return known[path]

        return due_at

    def _find_due_at(self, layout: Layout, period: Period, unit: str) -> datetime | None:
        try:
            due = self._facts.due(layout.form.code, period, unit)
        except ValueError:
            return None  # beyond the calendar of working days; a guess would accuse somebody
        return due.at if due else None


def _span(periods: Sequence[Period]) -> dict[str, str]:
    if len(periods) == 1:
        return {"period": periods[0].code}
    return {"first": periods[0].code, "last": periods[-1].code}
