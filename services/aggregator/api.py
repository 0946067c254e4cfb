"""
The aggregator's door: totals, coverage, who is late; units, revisions and signed closings.

Reads the ledger; changes nothing.
"""

from typing import Annotated

from fastapi import FastAPI, Query, Response
from pydantic import BaseModel

from services.aggregator.answers import CoverageAnswer, LateAnswer, TotalsAnswer
from services.aggregator.archive import Archive
from services.aggregator.desk import Desk
from services.aggregator.histories import RevisionsAnswer
from services.aggregator.questions import asked_period, asked_periods, asked_view
from services.aggregator.registry import UnitDetails
from services.aggregator.snapshots import SnapshotsAnswer
from shared.infra.health import Health
from shared.infra.web.app import create_app

Forms = Annotated[list[str], Query(description="biểu mẫu; nhắc lại để chọn nhiều biểu")]
Day = Annotated[str, Query(description="ngày, dạng 2025-07-01; mặc định là hôm nay")]


def build_app(desk: Desk, archive: Archive, health: Health) -> FastAPI:
    """Build the HTTP application of the aggregator."""
    app = create_app("QCDC aggregator", health)
    _add_figures(app, desk)
    _add_archive(app, archive)
    return app


def _add_figures(app: FastAPI, desk: Desk) -> None:

    @app.get("/v1/totals", responses={200: {"model": TotalsAnswer}})
    async def totals(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
        view: Annotated[str, Query(description="as_reported | current")] = "as_reported",
    ) -> Response:
        """
        Every figure of a unit for a period, a range, or all periods with reports.

        As it was reported within the boundaries of then, or within those of today.
        """
        periods = asked_periods(period, first, last)
        return _json(await desk.totals(unit, periods, form, asked_view(view)))

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


def _add_archive(app: FastAPI, archive: Archive) -> None:
    @app.get("/v1/units", responses={200: {"model": UnitDetails}})
    async def unit_of_code(official_code: str = "", level: str = "", on: Day = "") -> Response:
        """Find the unit that an official code means on a day: codes are used again."""
        return _json(await archive.unit_of_code(official_code, level, on))

    @app.get("/v1/units/{key}", responses={200: {"model": UnitDetails}})
    async def unit(key: str, on: Day = "") -> Response:
        """Tell of a unit where it lay on a day, what it came from, who answered, what it owed."""
        return _json(await archive.unit(key, on))

    @app.get("/v1/revisions", responses={200: {"model": RevisionsAnswer}})
    async def revisions(unit: str = "", form: str = "", period: str = "") -> Response:
        """Every revision of a report, when it came, and what it changed."""
        return _json(await archive.revisions(unit, form, asked_period(period)))

    @app.get("/v1/snapshots", responses={200: {"model": SnapshotsAnswer}})
    async def snapshots(unit: str = "", form: str = "", period: str = "") -> Response:
        """List what was signed of a unit, and what has become of it since."""
        return _json(await archive.snapshots(unit, form, asked_period(period) if period else None))


def _json(answer: BaseModel) -> Response:
    """Write an answer once, without FastAPI's second validation of a hundred figures."""
    body = answer.model_dump_json(by_alias=True, exclude_unset=True)
    return Response(body, media_type="application/json")
