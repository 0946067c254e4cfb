"""One Kafka and one PostgreSQL for each worker of the run; a database of its own for every test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.builders.country import small_country
from tools.stack.stack import Stack

_STACK_LINES: list[str] = []
_DEPLOYMENTS = ("tests/chaos/", "tests/end_to_end/", "tests/integration/stack/")
"""Folders whose tests start servers or services of their own, and want the processor."""


class OneWorkerForDeployments(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """
    One worker runs all deployments, one after the other; the others run the rest, file by file.

    So what a file or the loaded directory of a folder needs is made once in each worker. It takes
    the place of ``--dist loadgroup``, whose group names get lost with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_DEPLOYMENTS):
            return "deployments"
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Distribute tests as above."""
    return OneWorkerForDeployments(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make chaos`` ask for the long run."""
    parser.addoption(
        "--chaos-long", action="store_true", help="ten SIGKILLs of each service, and a storm"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the deployments, which take longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(_DEPLOYMENTS))


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Start the local stack once, when the first test asks for it."""
    with Stack.start() as running:
        _STACK_LINES.extend(running.describe())
        if (output := getattr(request.config, "workeroutput", None)) is not None:
            output["stack"] = running.describe()
        yield running


@pytest.fixture(scope="session")
def ninh_binh_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small country with every commune of Ninh Bình, whose units `document` names."""
    return small_country(tmp_path_factory.mktemp("country"), whole=["37.2"])


@pytest.fixture
def postgres_url(stack: Stack) -> str:
    """Return the address of a fresh, empty database."""
    return stack.postgres.database(f"test_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def kafka(stack: Stack) -> str:
    """Return the bootstrap servers of the run's broker; topics are each test's own affair."""
    return stack.kafka.bootstrap


def pytest_testnodedown(node: object) -> None:
    """Take over what a worker ran on."""
    _STACK_LINES.extend(getattr(node, "workeroutput", {}).get("stack", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests ran on."""
    for line in _STACK_LINES:
        terminalreporter.write_line(line)
