"""A migrated database, and the reference data of the demo with a roster for each article."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.store.schema import MIGRATIONS
from shared.directory.files import shipped, with_files
from shared.directory.loading import build_reference_data
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Database
from shared.reference.directory import Directory
from shared.reference.lineage import known_links
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
    """Return our reference data, with the sample units and the windows of the articles."""
    reference, contents = shipped_reference(), shipped()
    units = demo_units(reference.directory, articles)
    links = known_links(reference.lineage, Directory(units))
    own = replace(contents, units=units, links=links)
    return build_reference_data(with_files(own, [demo_articles.REGIMES]))


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
