"""The reference data that ship and the layouts of their forms."""

import pytest
from hypothesis import settings

from services.aggregator.domain.layouts import Layouts
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference

# The machine of a build is shared: a slow example is not a wrong one.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the reference data of shared/data."""
    return shipped_reference()


@pytest.fixture(scope="session")
def layouts(reference: ReferenceData) -> Layouts:
    """Return the layouts of the catalogue that ships."""
    return Layouts(reference.catalogue)
