"""The reference data as a service loads them, once for all tests of this folder."""

import pytest
from hypothesis import settings

from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference

# The machine of a build is shared: a slow example is not a wrong one.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the reference data that ship."""
    return shipped_reference()
