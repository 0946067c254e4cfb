"""How much is killed, and in how large a country: little in every run, all of it on request."""

import pytest

from tests.builders.country import small_country
from tests.chaos.scale import Scale, StormSize


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scale:
    """Return the size of this run: ``--chaos-long`` is the run of ``make chaos``."""
    if request.config.getoption("--chaos-long"):
        storm = StormSize(*(120, 70, 90, 30), pause=(0.5, 2.0), provinces=12, due_seconds=(30, 500))
        return Scale(
            10, (2.0, 6.0), 2, 5, provinces=6, due_seconds=(25, 75), restore_seconds=15, storm=storm
        )
    country = small_country(tmp_path_factory.mktemp("country"))
    return Scale(
        3,
        (1.0, 2.0),
        1,
        3,
        provinces=3,
        due_seconds=(12, 22),
        restore_seconds=4,
        storm=StormSize(4, 9, 8, 1, pause=(0.2, 0.5), provinces=3, due_seconds=(15, 30)),
        directory_files=[country],
    )


@pytest.fixture
def only_in_the_long_run(request: pytest.FixtureRequest) -> None:
    """Leave a test to ``make chaos``."""
    if not request.config.getoption("--chaos-long"):
        pytest.skip("--chaos-long asks for it")
