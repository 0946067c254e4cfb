"""The material of a run, and the events of a small one."""

import pytest

from benchmarks.material import Material
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference

REPORTS = 5_000


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the reference data that ships with the code."""
    return shipped_reference()


@pytest.fixture(scope="session")
def material(reference: ReferenceData) -> Material:
    """Return what a run draws its reports from."""
    return Material(reference)


@pytest.fixture(scope="session")
def events(material: Material) -> list[ReportAccepted | ReportWithdrawn]:
    """Return all events of a small run, in the order of the log."""
    return list(material.events(REPORTS))
