"""How much is killed, and in how large a country: little in every run, all of it on request."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.country import small_country


@dataclass(frozen=True)
class Scale:
    """The size of a run."""

    kills: int
    """SIGKILLs of each service."""
    pause: tuple[float, float]
    """Seconds before each of them."""
    server_kills: int
    """SIGKILLs of Kafka and of PostgreSQL."""
    interruptions: int
    """Kills of the notifier in the middle of a conversation with the mail server."""
    provinces: int
    """How many committees wait for reports, each with a due instant of its own."""
    due_seconds: tuple[float, float]
    """When these are, after the beginning of the load."""
    directory_files: Sequence[Path] = ()
    """Units in place of those that ship."""


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scale:
    """Return the size of this run: ``--chaos-long`` is the run of ``make chaos``."""
    if request.config.getoption("--chaos-long"):
        return Scale(10, (2.0, 6.0), 2, 5, provinces=6, due_seconds=(25, 75))
    country = small_country(tmp_path_factory.mktemp("country"))
    return Scale(3, (1.0, 2.0), 1, 3, provinces=3, due_seconds=(12, 22), directory_files=[country])
