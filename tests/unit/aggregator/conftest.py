"""The facts and the layouts of our own forms, once for all tests of this folder."""

import pytest
from hypothesis import settings

from services.aggregator.domain.layouts import Layouts
from shared.infra.facts import Facts, load_facts

# The machine of a build is shared: a slow example is not a wrong one.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def facts() -> Facts:
    """Return the facts of shared/data."""
    return load_facts()


@pytest.fixture(scope="session")
def layouts(facts: Facts) -> Layouts:
    """Return where each figure of our forms stands."""
    return Layouts(facts.catalogue)
