"""Every refusal has its sentence, and every sentence its refusal."""

import ast
from pathlib import Path

from services.aggregator import app
from services.aggregator.app import load_messages
from services.aggregator.domain.withholding import Withheld
from services.aggregator.errors import QuestionRefused
from shared.reference.committee_people import ROLES
from shared.reference.committees import PROGRAMMES
from shared.reference.levels import BASES

FIGURES = {"absent", *Withheld}
"""The texts in place of a figure without a value."""
CHANGES = {"increased", "decreased", "unchanged", "incomparable", "places", "percentage_points"}
"""The texts of what became of a figure."""

PARTS = {f"base_{it}" for it in BASES}
"""The texts of the types of base."""

COMMITTEES = {f"programme_{it}" for it in PROGRAMMES} | {f"role_{it}" for it in ROLES}
"""The texts of what a committee runs, and of who is in it."""
BASIS = {"unfounded", "unfounded_because"}
"""The texts in the place of a percentage."""


def refusals() -> set[str]:
    """Read the codes of all refusals from the sources."""
    calls = [
        node
        for path in Path(app.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == QuestionRefused.__name__
    ]
    return {ast.literal_eval(it.args[0]) for it in calls}


def test_every_refusal_has_a_sentence() -> None:
    """And there is no sentence, nor word for a figure, that nothing shows."""
    assert load_messages().keys() == (refusals() | FIGURES | CHANGES | PARTS | COMMITTEES | BASIS)


def test_values_of_a_refusal_are_named_by_its_sentence() -> None:
    """Members are part of the answer as well; what is only shown is not."""
    refused = QuestionRefused("unknown_code", {"day": "1/7/2025"}, official_code="9", level="xã")

    sentence = load_messages()[refused.code].format(**refused.values)

    assert sentence == "Ngày 1/7/2025 không có đơn vị cấp “xã” nào mang mã “9”."
    assert refused.members == {"official_code": "9", "level": "xã"}
