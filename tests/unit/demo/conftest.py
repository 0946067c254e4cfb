"""The facts as a service loads them, and all that the demo sends, once for this folder."""

from datetime import datetime

import pytest
from hypothesis import settings

from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference
from tools.demo.scenario import Scenario, build

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=VIETNAM)

# The machine of a build is shared: a slow example is not a wrong one.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the facts of shared/data."""
    return shipped_reference()


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return the instant at which the demo of these tests starts."""
    return NOW


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Return everything that the demo sends."""
    return build(tmp_path_factory.mktemp("demo"), NOW)
