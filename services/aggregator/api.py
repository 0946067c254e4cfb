"""
The aggregator's door: totals, coverage, and who is late.

Reads the ledger; changes nothing.
"""

from typing import Annotated

from fastapi import FastAPI, Query, Response

from services.aggregator.answers import (
    CoverageAnswer,
    FormCoverage,
    LateAnswer,
    TotalsAnswer,
    figure,
    late_units,
    unit_answer,
)
from services.aggregator.domain.coverage import added, coverage, stragglers
from services.aggregator.pictures import Pictures, Question, still
from services.aggregator.questions import (
    asked_forms,
    asked_period,
    asked_periods,
    asked_unit,
)
from shared.domain.periods import Period
from shared.infra.database import Database
from shared.infra.health import Health
from shared.infra.web import create_app

FormCodes = Annotated[list[str], Query(default_factory=list)]


def build_app(database: Database, pictures: Pictures, health: Health) -> FastAPI:
    """Build the HTTP application of the aggregator."""
    app = create_app("QCDC aggregator", health)
    desk = Desk(database, pictures)

    @app.get("/v1/totals", responses={200: {"model": TotalsAnswer}})
    async def totals(
        form: FormCodes,
        unit: str = "",
        period: str = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
    ) -> Response:
        """Every figure of a unit for a period, a range, or all periods with reports."""
        return _json(await desk.totals(unit, asked_periods(period, first, last), form))

    @app.get("/v1/coverage", responses={200: {"model": CoverageAnswer}})
    async def coverage_of(form: FormCodes, unit: str = "", period: str = "") -> Response:
        """How many units owe each form, and how many have sent it, on time or late."""
        return _json(await desk.coverage(unit, asked_period(period), form))

    @app.get("/v1/late", responses={200: {"model": LateAnswer}})
    async def late(form: FormCodes, unit: str = "", period: str = "") -> Response:
        """Who sent a form late, or not at all though it was due."""
        return _json(await desk.late(unit, asked_period(period), form))

    return app


class Desk:
    """Answers questions, each from one snapshot."""

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
        async with still(self._database) as connection:
            moment = await self._pictures.moment(connection, unit.key)
            if not periods:
                periods = await self._reported_periods(connection, unit, moment)
            forms = asked_forms(self._pictures.layouts, self._forms, wanted, periods)
            readings = await self._pictures.readings(connection, Question(unit.key, forms))
        return TotalsAnswer(
            unit=unit_answer(unit),
            **_span(periods),
            as_of=moment.as_of,
            watermark=moment.watermark,
            view="as_reported",
            figures=[figure(it) for it in readings],
        )

    async def coverage(self, key: str, period: Period, wanted: Sequence[str]) -> CoverageAnswer:
        """Answer with the coverage of each form that somebody owes, and of those asked for."""
        unit = asked_unit(self._facts.directory, key)
        layouts = asked_forms(self._pictures.layouts, self._forms, wanted, [period])[period]
        async with still(self._database) as connection:
            moment = await self._pictures.moment(connection, unit.key)
            codes = [it.form.code for it in layouts]
            receipts = await self._pictures.receipts(connection, unit.key, codes, period)
        parts = [
            FormCoverage(
                form=layout.form.code,
                title=layout.form.title_vi,
                **coverage(owing, receipts[layout.form.code].values()).model_dump(),
            )
            for layout in layouts
            if (owing := self._pictures.owing(layout, period, unit.key)) or wanted
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
        """Answer with the late list as it stands at the database's clock."""
        unit = asked_unit(self._facts.directory, key)
        layouts = asked_forms(self._pictures.layouts, self._forms, wanted, [period])[period]
        async with still(self._database) as connection:
            moment = await self._pictures.moment(connection, unit.key)
            codes = [it.form.code for it in layouts]
            receipts = await self._pictures.receipts(connection, unit.key, codes, period)
        found = [
            straggler
            for layout in layouts
            for straggler in stragglers(
                layout.form.code,
                self._pictures.owing(layout, period, unit.key),
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
