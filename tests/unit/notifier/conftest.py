"""The reference data as a service loads them, once for all tests of this folder."""

import pytest
from hypothesis import settings

from shared.directory.loading import load_reference_data
from shared.reference.reference_data import ReferenceData

# The machine of a build is shared: a slow example is not a wrong one.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the reference data that ship."""
    return load_reference_data()
