"""What intake knows, once for all tests of this folder."""

import pytest

from services.intake.app import load_messages
from services.intake.domain.rule_context import Knowledge, know
from services.intake.domain.violations import Messages, Say, sayer
from shared.directory.loading import load_reference_data
from shared.reference.reference_data import ReferenceData


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the facts that ship with the code."""
    return load_reference_data()


@pytest.fixture(scope="session")
def knowledge(reference: ReferenceData) -> Knowledge:
    """Return what a judge knows."""
    return know(reference.catalogue, reference.directory, reference.due)


@pytest.fixture(scope="session")
def messages() -> Messages:
    """Return the Vietnamese sentences."""
    return load_messages()


@pytest.fixture(scope="session")
def say(messages: Messages) -> Say:
    """Return what puts remarks into words."""
    return sayer(messages)
