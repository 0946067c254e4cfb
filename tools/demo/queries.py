"""What the demo asks the aggregator and the notifier, to see whether they tell the truth."""

from collections.abc import Mapping

import httpx
from pydantic import BaseModel

from shared.contracts.totals import Coverage, Figure
from shared.reference.forms import Cell
from tools.demo.reports import FigureValue


class _Totals(BaseModel):
    figures: list[Figure]


class LateUnit(BaseModel):
    """A unit whose report came late, or is missing."""

    unit: str
    name: str
    state: str


class _Late(BaseModel):
    units: list[LateUnit]


class _Named(BaseModel):
    unit: str


class Notice(BaseModel):
    """A notice as the notifier tells of it."""

    committee: str
    state: str
    message_id: str | None
    units: list[_Named]


class _Duties(BaseModel):
    duties: list[_Named]


class _Notices(BaseModel):
    notices: list[Notice]


async def totals(
    aggregator: httpx.AsyncClient, question: Mapping[str, str]
) -> dict[str, FigureValue]:
    """Return the figures of a unit by cell key."""
    answer = await _get(aggregator, "/v1/totals", question)
    return {
        Cell(it.indicator, tuple(sorted(it.split.items()))).key: it.value
        for it in _Totals.model_validate_json(answer).figures
    }


async def coverage(aggregator: httpx.AsyncClient, unit: str, form: str, period: str) -> Coverage:
    """Return how many units owe a form for a period, and how they stand."""
    question = {"unit": unit, "form": form, "period": period}
    return Coverage.model_validate_json(await _get(aggregator, "/v1/coverage", question))


async def missing(
    aggregator: httpx.AsyncClient, unit: str, form: str, period: str
) -> list[LateUnit]:
    """Return the units whose report was due and has not arrived."""
    question = {"unit": unit, "form": form, "period": period}
    answer = _Late.model_validate_json(await _get(aggregator, "/v1/late", question))
    return [it for it in answer.units if it.state == "missing"]


async def notices(notifier: httpx.AsyncClient) -> list[Notice]:
    """Return every notice, newest first."""
    return _Notices.model_validate_json(await _get(notifier, "/v1/notices", {})).notices


async def overdue(notifier: httpx.AsyncClient, form: str, period: str) -> list[str]:
    """Return the units whose duty is overdue now, so that a notice may yet name them."""
    question = {"form": form, "period": period, "state": "overdue"}
    answer = await _get(notifier, "/v1/duties", question)
    return [it.unit for it in _Duties.model_validate_json(answer).duties]


async def _get(http: httpx.AsyncClient, path: str, question: Mapping[str, str]) -> bytes:
    answer = await http.get(path, params=dict(question))
    answer.raise_for_status()
    return answer.content
