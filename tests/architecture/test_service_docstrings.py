"""
What a service reads, changes and publishes: its docstring and the architecture page say all of it.

The table of the flow says which topics and events, the migrations say which tables.
"""

import importlib
import re
from collections.abc import Sequence

import pytest

from shared.directory.store import migrations_of
from shared.infra.postgres.migrate import Migration
from tests.architecture.services import built_services
from tools.generate.files import ROOT
from tools.generate.flow import FLOW, SERVICES, Channel

PARTS = re.compile(r"Reads (?P<reads>.*?); changes (?P<changes>.*?);\s+publishes (?P<publishes>.*)")
STATEMENTS = re.compile(
    r"^(?:CREATE TABLE (?P<new>\w+)|ALTER TABLE (?P<old>\w+) RENAME TO (?P<name>\w+)"
    r"|DROP TABLE (?P<gone>\w+))",
    re.MULTILINE,
)
OF_EVERY_SERVICE = "migration"
"""Made before the first migration, by whoever applies it."""


@pytest.mark.parametrize("service", SERVICES)
def test_the_docstring_names_every_topic_and_event(service: str) -> None:
    """Events of a channel that all services share need not be listed, its topic is enough."""
    said = _docstring(service)
    reads = [it for it in FLOW if service in it.readers]
    writes = [it for it in FLOW if service in it.writers]

    assert _words_of(reads) - _words(said["reads"]) == set()
    assert _words_of(writes) - _words(said["publishes"]) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_docstring_names_no_event_of_others(service: str) -> None:
    """A line that is left over from an earlier flow is worse than none."""
    said = _docstring(service)
    events = {event.__name__ for channel in FLOW for event in channel.events}
    read = {it.__name__ for channel in FLOW if service in channel.readers for it in channel.events}
    made = {it.__name__ for channel in FLOW if service in channel.writers for it in channel.events}

    assert _words(said["reads"]) & events <= read
    assert _words(said["publishes"]) & events <= made


@pytest.mark.parametrize("service", SERVICES)
def test_the_docstring_names_the_tables(service: str) -> None:
    """All of the service's own tables, and no table that has been renamed or dropped."""
    own = _tables(built_services()[service].start.migrations) - _tables(migrations_of(None))

    assert own
    assert _words(_docstring(service)["changes"]) - {"and"} == own


def test_the_architecture_page_names_the_tables() -> None:
    """The table of states is where people look for what a table is for."""
    page = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = page.partition("## State")[2].partition("\n## ")[0].splitlines()
    named = {table for row in rows if row.startswith("|") for table in _quoted(row.split("|")[2])}

    tables = set[str]().union(*(_tables(it.start.migrations) for it in built_services().values()))

    assert named == tables | {OF_EVERY_SERVICE}


def test_a_renamed_table_is_known_by_its_new_name() -> None:
    """The guard follows what migrations do to earlier ones."""
    sql = "CREATE TABLE a (\nCREATE TABLE b (\nALTER TABLE a RENAME TO c;\nDROP TABLE b"

    assert _tables([Migration("service/0001", sql)]) == {"c"}


def _docstring(service: str) -> dict[str, str]:
    text = " ".join((importlib.import_module(f"services.{service}").__doc__ or "").split())
    parts = PARTS.search(text)
    assert parts, f"services/{service}/__init__.py: Reads ...; changes ...; publishes ..."
    return parts.groupdict()


def _words_of(channels: Sequence[Channel]) -> set[str]:
    """Return the topics, and the events of those that not every service reads or writes."""
    topics = {it.topic.name for it in channels}
    events = {
        event.__name__
        for it in channels
        if not set(SERVICES) <= set(it.readers) and not set(SERVICES) <= set(it.writers)
        for event in it.events
    }
    return topics | events


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z](?:[\w.{}-]*\w)?", text))


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def _tables(migrations: Sequence[Migration]) -> set[str]:
    tables = set[str]()
    for migration in migrations:
        for found in STATEMENTS.finditer(migration.sql):
            tables -= {found["old"], found["gone"]}
            tables |= {it for it in (found["new"], found["name"]) if it}
    return tables
