"""What intake knows, once for all tests of this folder."""

import pytest

from services.intake.app import load_messages
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.violations import Messages, Renderer, renderer
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_reference


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    """Return the facts that ship with the code."""
    return shipped_reference()


@pytest.fixture(scope="session")
def context(reference: ReferenceData) -> RuleContext:
    """Return what rules are evaluated with."""
    return build_rule_context(reference.catalogue, reference.directory, reference.due)


@pytest.fixture(scope="session")
def messages() -> Messages:
    """Return the Vietnamese sentences."""
    return load_messages()


@pytest.fixture(scope="session")
def render(messages: Messages) -> Renderer:
    """Return what renders violations as findings."""
    return renderer(messages)
