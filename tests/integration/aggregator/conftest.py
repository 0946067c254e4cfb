"""A migrated database, and the facts of the demo with a roster for each article."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.wiring import MIGRATIONS
from shared.domain.directory import Directory
from shared.infra import migrate
from shared.infra.database import Database
from shared.infra.facts import Facts, load_facts
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
    return replace(facts, directory=Directory(demo_units(facts.directory, articles)))


@pytest.fixture(scope="session")
def layouts(facts: Facts) -> Layouts:
    """Return where each figure of our forms stands."""
    return Layouts(facts.catalogue)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Return the ledger's database, empty."""
    await migrate.migrate(postgres_url, "qcdc", MIGRATIONS)
    database = Database(postgres_url, application="test")
    await database.open()
    yield database
    await database.close()
