"""
The notifier's routes.

Reads notices and duties; changes nothing.
"""

from typing import Annotated

from fastapi import FastAPI, Query

from services.notifier.domain.attempts import NoticeState
from services.notifier.domain.duties import DutyState
from services.notifier.usecases.duties import Duties, ListDuties
from services.notifier.usecases.notices import ListNotices, Notices

LIMIT_MAX = 1000
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
FilterText = Annotated[str | None, Query(max_length=60)]


def add_routes(app: FastAPI, list_notices: ListNotices, list_duties: ListDuties) -> None:
    """Add the routes to the service's application."""

    @app.get("/v1/notices")
    async def notices(
        committee: FilterText = None,
        unit: FilterText = None,
        state: NoticeState | None = None,
        limit: Limit = 50,
    ) -> Notices:
        """List notices, sent and unsent, with the log of every attempt."""
        return await list_notices(limit, committee=committee, unit=unit, state=state)

    @app.get("/v1/duties")
    async def duties(
        unit: FilterText = None,
        form: FilterText = None,
        period: FilterText = None,
        state: DutyState | None = None,
        limit: Limit = 100,
    ) -> Duties:
        """List who owes what, until when, and how that stands."""
        return await list_duties(limit, unit=unit, form=form, period=period, state=state)
