"""Who may have taken over what a district had, and what is said of the rest."""

import pytest

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import (
    ALONE,
    DISTRICT,
    DIVIDED,
    FIRST,
    LAST,
    MERGED,
    OLD,
    PARTS,
    REFORM,
    context_of,
    handed,
    handover,
    models,
    reformed,
    sent,
)

OPENING = "dvk_models_opening"


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> RuleContext:
    """Return the context in which a district and all below it were reformed."""
    return context_of(reformed(reference, DISTRICT))


@pytest.fixture
def journal(after_reform: RuleContext, render: Renderer) -> MemoryJournal:
    """Return a journal: the communes closed with 10, 20, 5, 9 and 3, their district with 4."""
    journal = MemoryJournal(after_reform, render)
    closings = {**dict(zip(OLD, (10, 20, 5), strict=True)), DIVIDED: 9, ALONE: 3, DISTRICT: 4}
    for unit, total in closings.items():
        (outcome,) = journal.receive(sent(models(unit, LAST, total, total), after_reform))
        assert outcome.entry.verdict == "accepted"
    return journal


def take_over(journal: MemoryJournal, unit: str, opening: int, share: int) -> SubmissionOutcome:
    """Let a unit record what it opens with, and how much of it was the district's."""
    parts = {"from_areas": {DISTRICT: {OPENING: share}}} if share else {}
    event_id = f"{unit}-{len(journal.entries)}"
    (outcome,) = journal.receive(handed(handover(unit, opening, event_id, **parts)))
    return outcome


def codes(outcome: SubmissionOutcome) -> list[tuple[str, str]]:
    """Return code and severity of a receipt's findings."""
    return [(it.code, it.severity) for it in outcome.entry.findings]


def test_all_that_lay_below_a_district_are_its_heirs(after_reform: RuleContext) -> None:
    """Those redrawn, and the commune that nothing else happened to."""
    heirs = after_reform.reorganisations.heirs_below(DISTRICT, REFORM)

    assert heirs == {MERGED, *PARTS, ALONE}


def test_what_nobody_took_over_is_told_when_all_have_said(journal: MemoryJournal) -> None:
    """As long as one heir has not recorded its handover, the rest may still come with it."""
    assert codes(take_over(journal, MERGED, 36, 1)) == []
    assert codes(take_over(journal, PARTS[0], 5, 1)) == []
    assert codes(take_over(journal, PARTS[1], 5, 0)) == []

    last = take_over(journal, ALONE, 4, 1)

    assert codes(last) == [("handover_leaves_rest", "warn")]
    assert "còn 1 chưa có đơn vị nhận" in last.entry.findings[0].message
    assert codes(take_over(journal, ALONE, 5, 2)) == []


def test_a_commune_that_only_lost_its_district_may_take_over_too(journal: MemoryJournal) -> None:
    """Nothing passed into it and out of it; its report opens with what the record says."""
    assert codes(take_over(journal, ALONE, 5, 2)) == []

    right, wrong = journal.receive(
        sent(models(ALONE, FIRST, 5, 5), journal.context),
        sent(models(ALONE, FIRST, 3, 3), journal.context, source="other"),
    )

    assert codes(right) == []
    assert codes(wrong)[0] == ("opening_equals_handover", "reject")


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        (5, [("opening_above_predecessors", "needs_note")]),
        (3, []),
        (2, [("opening_equals_closing", "reject")]),
    ],
)
def test_it_need_not_wait_for_the_record(
    journal: MemoryJournal, opening: int, expected: list[tuple[str, str]]
) -> None:
    """More than its own closing may have been the district's, less may not."""
    (outcome,) = journal.receive(sent(models(ALONE, FIRST, opening, opening), journal.context))

    assert codes(outcome) == expected
