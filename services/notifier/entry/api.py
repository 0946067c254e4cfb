"""
What people may ask the notifier over HTTP.

Reads notices and duties; changes nothing.
"""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel

from services.notifier.domain.duties import State
from services.notifier.store.views import DutyFilter, DutyView, NoticeView, Views

LIMIT_MAX = 1000
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Word = Annotated[str | None, Query(max_length=60)]


class Notices(BaseModel):
    """Notices, newest first."""

    notices: list[NoticeView]


class Duties(BaseModel):
    """Duties, the first due first."""

    duties: list[DutyView]


def add_routes(app: FastAPI, views: Views) -> None:
    """Add the notifier's routes to its application."""

    @app.get("/v1/notices")
    async def notices(committee: Word = None, unit: Word = None, limit: Limit = 50) -> Notices:
        """List what committees were told, with the log of every attempt."""
        return Notices(notices=list(await views.notices(committee, unit, limit)))

    @app.get("/v1/duties")
    async def duties(
        unit: Word = None,
        form: Word = None,
        period: Word = None,
        state: State | None = None,
        limit: Limit = 100,
    ) -> Duties:
        """List who owes what, until when, and how that stands."""
        which = DutyFilter(unit, form, period, state)
        return Duties(duties=list(await views.duties(which, limit)))
