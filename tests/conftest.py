"""One Kafka and one PostgreSQL for the whole run; a database of its own for every test."""

import uuid
from collections.abc import Iterator

import pytest

from tools.stack.stack import Stack

_STACK_LINES: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make chaos`` ask for the long run."""
    parser.addoption("--chaos-long", action="store_true", help="ten SIGKILLs of each service")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Start the local stack once, when the first test asks for it."""
    with Stack.start() as running:
        _STACK_LINES.extend(running.describe())
        yield running


@pytest.fixture
def postgres_url(stack: Stack) -> str:
    """Return the address of a fresh, empty database."""
    return stack.postgres.database(f"test_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def kafka(stack: Stack) -> str:
    """Return the bootstrap servers of the run's broker; topics are each test's own affair."""
    return stack.kafka.bootstrap


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests ran on."""
    for line in _STACK_LINES:
        terminalreporter.write_line(line)
