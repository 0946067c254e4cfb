"""
The HTTP interface: totals, coverage, lateness; units, revisions and signed figures.

Reads the ledger; changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel

from services.aggregator.entry.parameters import (
    by_base,
    comparison_of,
    period_of,
    periods_of,
    view_of,
)
from services.aggregator.errors import QuestionRefused
from services.aggregator.usecases.by_unit import ByUnitAnswer, ByUnitQuery
from services.aggregator.usecases.committees import CommitteesAnswer, CommitteesQuery
from services.aggregator.usecases.coverage import CoverageAnswer, CoverageQuery
from services.aggregator.usecases.late import LateAnswer, LateQuery
from services.aggregator.usecases.periods import PeriodsAnswer, PeriodsQuery
from services.aggregator.usecases.revisions import RevisionsAnswer, RevisionsQuery
from services.aggregator.usecases.snapshots import SnapshotsAnswer, SnapshotsQuery
from services.aggregator.usecases.totals import TotalsAnswer, TotalsOptions, TotalsQuery
from services.aggregator.usecases.units import UnitDetails, UnitQueries
from shared.infra.web.description import problem_answer
from shared.infra.web.problems import problem_response
from shared.reference.regimes import Regimes

_STATUS = {"unknown_unit": 404, "unknown_code": 404, "unit_ended": 409, "unit_not_begun": 409}
"""The status of each refusal; 400 of all others."""

_NO_SUCH_UNIT: dict[int | str, dict[str, Any]] = {404: problem_answer("There is no such unit")}
_NOT_TODAY: dict[int | str, dict[str, Any]] = {
    409: problem_answer("The unit has no boundaries today; members say who holds its area")
}

Forms = Annotated[list[str], Query(description="biểu mẫu; nhắc lại để chọn nhiều biểu")]


async def _codes(
    period: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
) -> tuple[str, str, str]:
    return period, first, last


PeriodCodes = Annotated[tuple[str, str, str], Depends(_codes)]
Day = Annotated[str, Query(description="ngày, dạng 2025-07-01; mặc định là hôm nay")]


@dataclass(frozen=True)
class Queries:
    """Every query."""

    totals: TotalsQuery
    by_unit: ByUnitQuery
    coverage: CoverageQuery
    late: LateQuery
    units: UnitQueries
    committees: CommitteesQuery
    revisions: RevisionsQuery
    snapshots: SnapshotsQuery
    periods: PeriodsQuery
    regimes: Callable[[], Regimes]
    """Returns the regimes in force."""


def add_routes(app: FastAPI, queries: Queries, messages: Mapping[str, str]) -> None:
    """Add the routes of figures, and those of units, revisions and signed figures."""
    _add_figures(app, queries)
    _add_history(app, queries)

    @app.exception_handler(QuestionRefused)
    async def refuse(_: Request, refused: QuestionRefused) -> Response:
        detail = messages[refused.code].format(**refused.values)
        status = _STATUS.get(refused.code, 400)
        return problem_response(status, refused.code, detail, refused.members)


def _add_figures(app: FastAPI, queries: Queries) -> None:

    @app.get("/v1/totals", responses={200: {"model": TotalsAnswer}, **_NO_SUCH_UNIT, **_NOT_TODAY})
    async def totals(
        asked: PeriodCodes,
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        view: Annotated[str, Query(description="as_reported | current")] = "as_reported",
        compare_with: Annotated[str, Query(description="kỳ trước, để so sánh; vd. cal.2021")] = "",
        by: Annotated[str, Query(description="base: tách theo loại hình cơ sở")] = "",
    ) -> Response:
        """
        Every figure of a unit for a period, a range, or all periods with reports.

        As it was reported within the boundaries of then, or within those of today.
        """
        regimes = queries.regimes()
        periods = periods_of(*asked, regimes)
        before = comparison_of(compare_with, periods, regimes)
        options = TotalsOptions(form, view_of(view), before, by_base(by))
        return _json(await queries.totals(unit, periods, options))

    @app.get("/v1/by-unit", responses={200: {"model": ByUnitAnswer}, **_NO_SUCH_UNIT})
    async def by_unit(unit: str = "", form: str = "", period: str = "", cell: str = "") -> Response:
        """Show one figure unit by unit: who has not reported, who leaves it out, who states it."""
        its = period_of(period, queries.regimes())
        return _json(await queries.by_unit(unit, form, its, cell))

    @app.get("/v1/coverage", responses={200: {"model": CoverageAnswer}, **_NO_SUCH_UNIT})
    async def coverage(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
    ) -> Response:
        """How many units owe each form, and how many have sent it, on time or late."""
        return _json(await queries.coverage(unit, period_of(period, queries.regimes()), form))

    @app.get("/v1/late", responses={200: {"model": LateAnswer}, **_NO_SUCH_UNIT})
    async def late(
        form: Forms = [],  # noqa: B006 - FastAPI's way to say "none"; nobody changes it
        unit: str = "",
        period: str = "",
    ) -> Response:
        """Who sent a form late, or not at all though it was due."""
        return _json(await queries.late(unit, period_of(period, queries.regimes()), form))


def _add_history(app: FastAPI, queries: Queries) -> None:
    @app.get("/v1/periods", responses={200: {"model": PeriodsAnswer}, **_NO_SUCH_UNIT})
    async def periods(unit: str = "") -> Response:
        """List the windows that committees' own regimes have for a unit."""
        return _json(await queries.periods(unit))

    @app.get("/v1/units", responses={200: {"model": UnitDetails}, **_NO_SUCH_UNIT})
    async def unit_of_code(official_code: str = "", level: str = "", on: Day = "") -> Response:
        """Find the unit that an official code means on a day: codes are used again."""
        return _json(await queries.units.by_code(official_code, level, on))

    @app.get("/v1/units/{key}", responses={200: {"model": UnitDetails}, **_NO_SUCH_UNIT})
    async def unit(key: str, on: Day = "") -> Response:
        """Show a unit as of a day: what lay above it, its predecessors, what it owed."""
        return _json(await queries.units.by_key(key, on))

    @app.get("/v1/committees", responses={200: {"model": CommitteesAnswer}, **_NO_SUCH_UNIT})
    async def committees(unit: str = "", on: Day = "") -> Response:
        """List the steering committees in whose care a unit is on a day, and who is in them."""
        return _json(await queries.committees(unit, on))

    @app.get("/v1/revisions", responses={200: {"model": RevisionsAnswer}, **_NO_SUCH_UNIT})
    async def revisions(unit: str = "", form: str = "", period: str = "") -> Response:
        """Every revision of a report, when it came, and what it changed."""
        return _json(await queries.revisions(unit, form, period_of(period, queries.regimes())))

    @app.get("/v1/snapshots", responses={200: {"model": SnapshotsAnswer}, **_NO_SUCH_UNIT})
    async def snapshots(unit: str = "", form: str = "", period: str = "") -> Response:
        """List what was signed of a unit, and what has become of it since."""
        return _json(
            await queries.snapshots(
                unit, form, period_of(period, queries.regimes()) if period else None
            )
        )


def _json(answer: BaseModel) -> Response:
    """Write an answer once, without FastAPI's second validation of a hundred figures."""
    body = answer.model_dump_json(by_alias=True, exclude_unset=True)
    return Response(body, media_type="application/json")
