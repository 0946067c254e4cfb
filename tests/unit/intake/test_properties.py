"""What holds for every figure and every document, not only for those that we thought of."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.intake.domain.events import receipt_of
from services.intake.domain.history import UnitHistory
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Renderer
from shared.contracts.strict_json import Unreadable, parse
from shared.contracts.wire import encode
from shared.reference.figures import rate_percent
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report, codes, models, raw, verdict_on
from tests.builders.intake_journal import MemoryJournal

COUNT = st.integers(0, 10**6)
FEW = settings(max_examples=60, deadline=None)
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
FIELDS = ("event_id", "occurred_at", "unit", "form", "period", "figures", "qualifiers", "note")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda it: st.lists(it, max_size=3) | st.dictionaries(TEXT, it, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def judged(context: RuleContext, render: Renderer) -> Callable[[RawSubmission], SubmissionOutcome]:
    """Return what decides a single arrival."""

    def decide(arrival: RawSubmission) -> SubmissionOutcome:
        (outcome,) = MemoryJournal(context, render).receive(arrival)
        return outcome

    return decide


@pytest.fixture
def valid(context: RuleContext) -> dict[str, object]:
    """Return a submission without fault."""
    return models(total=1).document(context)


@FEW
@given(COUNT, COUNT, COUNT, st.integers(-5, 5))
def test_closing_stock_follows_from_the_others(
    context: RuleContext, opening: int, new: int, removed: int, slip: int
) -> None:
    """R1: whatever is taken away must have been there, and what is left is what remains."""
    closing = opening + new - removed
    assume(closing + slip >= 0)

    found = codes(
        verdict_on(models(opening=opening, new=new, removed=removed, total=closing + slip), context)
    )

    assert ("stock_balance" in found) == (slip != 0)
    assert ("removed_within_available" in found) == (closing < 0)


@FEW
@given(st.lists(st.none() | COUNT, min_size=2, max_size=2), st.integers(-5, 5))
def test_parts_sum_to_the_whole(context: RuleContext, parts: list[int | None], slip: int) -> None:
    """R3: a part that is not reported may be what is missing, and never makes up for too much."""
    whole = sum(it for it in parts if it is not None)
    assume(whole + slip >= 0)
    cells = dict(zip(("total[kind=mo_hinh]", "total[kind=dien_hinh]"), parts, strict=True))

    found = codes(verdict_on(models(total=whole + slip, **cells), context))

    split, known = any(it is not None for it in parts), None not in parts
    assert ("split_sums_to_total" in found) == (split and (slip < 0 or (known and slip > 0)))
    assert ("parts_short_of_total" in found) == (split and not known and slip > 0)


@FEW
@given(COUNT, COUNT, COUNT)
def test_settled_cases_are_bounded_by_arisen_and_carried(
    context: RuleContext, arisen: int, settled: int, carried_in: int
) -> None:
    """R5: exactly when more was settled than there was."""
    figures = {"pib_violations_detected": arisen, "pib_cases_resolved": settled}
    report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures)

    found = codes(verdict_on(report, context, history=UnitHistory((carried_in,))))

    assert ("resolved_within_detected" in found) == (settled > arisen + carried_in)


@FEW
@given(COUNT, COUNT, st.integers(-20, 20))
def test_rate_may_differ_by_half_a_tenth(
    context: RuleContext, numerator: int, denominator: int, slip: int
) -> None:
    """R6: five hundredths either way of the rate of one decimal, never above 100 %."""
    assume(numerator <= denominator)
    expected = rate_percent(numerator, denominator)
    sent = (expected or Decimal(0)) + Decimal(slip) / 100
    assume(sent >= 0)
    figures = {
        "pib_violations_detected": denominator,
        "pib_cases_resolved": numerator,
        "pib_resolution_rate": f"{sent:.2f}",
    }

    found = codes(verdict_on(Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures), context))

    assert ("rate_agrees" in found) == (expected is None or abs(slip) > 5 or sent > 100)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # they hold no state
)
@given(changes=st.dictionaries(st.sampled_from(FIELDS) | TEXT, JSON, max_size=9))
def test_any_document_gets_a_verdict_that_can_be_stored(
    judged: Callable[[RawSubmission], SubmissionOutcome],
    valid: dict[str, object],
    changes: dict[str, object],
) -> None:
    """No exception, no byte that PostgreSQL refuses, no message that Kafka refuses."""
    try:
        arrival = raw(json.dumps(valid | changes).encode())
    except Unreadable:
        return

    outcome = judged(arrival)

    receipt = encode(receipt_of(outcome.entry), "test")
    assert len(receipt.body) < 100_000
    assert all("\0" not in it.field + it.message for it in outcome.entry.findings)


@FEW
@given(st.integers(100, 100_000))
def test_long_names_do_not_make_long_answers(
    context: RuleContext, render: Renderer, length: int
) -> None:
    """A receipt that fits into no message would hold up all others."""
    key = f"dvk_models_total[field={'a' * length}]"
    document = models(total=1).document(context)
    document["figures"][key] = 1
    document["qualifiers"] = {f"x[field={'a' * length}]": "about"}

    (outcome,) = MemoryJournal(context, render).receive(raw(document))

    assert outcome.entry.verdict == "rejected"
    assert len(receipt_of(outcome.entry).model_dump_json()) < 3000


def test_parse_and_structure_agree_on_a_plain_document(context: RuleContext) -> None:
    """The property above must not pass because everything is refused."""
    document = models(total=1).document(context)

    assert parse(json.dumps(document).encode()) == document
