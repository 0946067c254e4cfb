"""The material of a run, and the events of a small one."""

import pytest

from benchmarks.material import Material
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.infra.facts import Facts, load_facts

REPORTS = 5_000


@pytest.fixture(scope="session")
def facts() -> Facts:
    """Return the facts that ship with the code."""
    return load_facts()


@pytest.fixture(scope="session")
def material(facts: Facts) -> Material:
    """Return what a run draws its reports from."""
    return Material(facts)


@pytest.fixture(scope="session")
def events(material: Material) -> list[ReportAccepted | ReportWithdrawn]:
    """Return all events of a small run, in the order of the log."""
    return list(material.events(REPORTS))
