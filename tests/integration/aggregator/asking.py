"""Asks the aggregator's API, without a server in between."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from services.aggregator.app import load_messages, queries_of
from services.aggregator.domain.layouts import Layouts
from services.aggregator.entry.api import add_routes
from services.aggregator.store.ledger_reader import LedgerReader
from shared.infra.health import Health
from shared.infra.postgres.database import Database
from shared.infra.web.app import create_app
from shared.reference.reference_data import ReferenceData

Answer = dict[str, Any]


@asynccontextmanager
async def client(
    database: Database, reference: Callable[[], ReferenceData], layouts: Layouts
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the aggregator's API."""
    app = create_app("aggregator", Health())
    messages = load_messages()
    queries = queries_of(database, LedgerReader(reference, layouts), messages)
    add_routes(app, queries, messages)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://aggregator") as http:
        yield http


async def get(api: httpx.AsyncClient, path: str, **question: str) -> Answer:
    """Ask, and expect an answer."""
    response = await api.get(
        path, params={key.strip("_"): value for key, value in question.items()}
    )
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


def by_cell(answer: Answer) -> Mapping[str, Answer]:
    """Return the figures of an answer by their cells."""
    cells = {}
    for figure in answer["figures"]:
        split = ",".join(f"{name}={code}" for name, code in figure["split"].items())
        cells[f"{figure['indicator']}[{split}]" if split else figure["indicator"]] = figure
    return cells
