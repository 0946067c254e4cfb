"""
The aggregator's door: totals, coverage, and who is late.

Reads the ledger; changes nothing.
"""

from typing import Annotated

from fastapi import FastAPI, Query, Response

from services.aggregator.answers import Answer, CoverageAnswer, LateAnswer, TotalsAnswer
from services.aggregator.desk import Desk
from services.aggregator.questions import asked_period, asked_periods
from shared.infra.health import Health
from shared.infra.web import create_app

Forms = Annotated[list[str], Query(description="biểu mẫu; nhắc lại để chọn nhiều biểu")]


def build_app(desk: Desk, health: Health) -> FastAPI:
    """Build the HTTP application of the aggregator."""
    app = create_app("QCDC aggregator", health)

    @app.get("/v1/totals", responses={200: {"model": TotalsAnswer}})
    async def totals(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
    ) -> Response:
        """Every figure of a unit for a period, a range, or all periods with reports."""
        return _json(await desk.totals(unit, asked_periods(period, first, last), form))

    @app.get("/v1/coverage", responses={200: {"model": CoverageAnswer}})
    async def coverage(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
    ) -> Response:
        """How many units owe each form, and how many have sent it, on time or late."""
        return _json(await desk.coverage(unit, asked_period(period), form))

    @app.get("/v1/late", responses={200: {"model": LateAnswer}})
    async def late(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
    ) -> Response:
        """Who sent a form late, or not at all though it was due."""
        return _json(await desk.late(unit, asked_period(period), form))

    return app


def _json(answer: Answer) -> Response:
    """Write an answer once, without FastAPI's second validation of a hundred figures."""
    body = answer.model_dump_json(by_alias=True, exclude_unset=True)
    return Response(body, media_type="application/json")
