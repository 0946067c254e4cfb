"""What intake knows, once for all tests of this folder."""

import pytest

from services.intake.domain.knowledge import Knowledge, know
from services.intake.domain.remarks import Messages, Say, sayer
from services.intake.wiring import load_messages
from shared.infra.facts import Facts, load_facts


@pytest.fixture(scope="session")
def facts() -> Facts:
    """Return the facts that ship with the code."""
    return load_facts()


@pytest.fixture(scope="session")
def knowledge(facts: Facts) -> Knowledge:
    """Return what a judge knows."""
    return know(facts.catalogue, facts.directory, facts.due)


@pytest.fixture(scope="session")
def messages() -> Messages:
    """Return the Vietnamese sentences."""
    return load_messages()


@pytest.fixture(scope="session")
def say(messages: Messages) -> Say:
    """Return what puts remarks into words."""
    return sayer(messages)
