"""A migrated database, and the facts of the demo with a roster for each article."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.wiring import MIGRATIONS
from shared.domain.directory import Directory
from shared.domain.lineage import Lineage, known_links
from shared.infra import migrate
from shared.infra.database import Database
from shared.infra.facts import Facts, load_facts
from tests.integration.aggregator.asking import client
from tools.demo import articles as demo_articles
from tools.demo.articles import Article
from tools.demo.roster import demo_units


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    """Return what the five articles state."""
    return demo_articles.articles()


@pytest.fixture(scope="session")
def facts(articles: tuple[Article, ...]) -> Facts:
    """Return our facts, with sample units below the areas of the articles."""
    facts = load_facts()
    directory = Directory(demo_units(facts.directory, articles))
    lineage = Lineage(known_links(facts.lineage, directory))
    return replace(facts, directory=directory, lineage=lineage)


@pytest.fixture(scope="session")
def layouts(facts: Facts) -> Layouts:
    """Return where each figure of our forms stands."""
    return Layouts(facts.catalogue)


@pytest.fixture
async def api(
    database: Database, facts: Facts, layouts: Layouts
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the aggregator's API, on the facts of the demo."""
    async with client(database, lambda: facts, layouts) as its:
        yield its


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Return the ledger's database, empty."""
    await migrate.migrate(postgres_url, "qcdc", MIGRATIONS)
    database = Database(postgres_url, application="test")
    await database.open()
    yield database
    await database.close()
