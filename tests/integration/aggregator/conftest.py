"""A migrated database, and the reference data of the demo with a roster for each article."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.store.schema import MIGRATIONS
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage, known_links
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference
from tests.integration.aggregator.asking import client
from tools.demo import articles as demo_articles
from tools.demo.articles import Article, demo_units


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    """Return what the five articles state."""
    return demo_articles.articles()


@pytest.fixture(scope="session")
def reference(articles: tuple[Article, ...]) -> ReferenceData:
    """Return our reference data, with sample units below the areas of the articles."""
    reference = shipped_reference()
    directory = Directory(demo_units(reference.directory, articles))
    lineage = Lineage(known_links(reference.lineage, directory))
    return replace(reference, directory=directory, lineage=lineage)


@pytest.fixture(scope="session")
def layouts(reference: ReferenceData) -> Layouts:
    """Return the layouts of the catalogue that ships."""
    return Layouts(reference.catalogue)


@pytest.fixture
async def api(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the aggregator's API, on the reference data of the demo."""
    async with client(database, lambda: reference, layouts) as http:
        yield http


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Return the ledger's database, empty."""
    await migrate.migrate(postgres_url, "qcdc", MIGRATIONS)
    database = Database(postgres_url, application="test")
    await database.open()
    yield database
    await database.close()
