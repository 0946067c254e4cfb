"""Handovers: what the new units open with is what the old ones closed with, stock by stock."""

from dataclasses import replace

import pytest

from services.intake.domain.events import receipt_of
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from shared.contracts.reports import SubmissionAccepted
from shared.reference.lineage import Lineage
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import (
    DIVIDED,
    FIRST,
    LAST,
    MERGED,
    OLD,
    PARTS,
    context_of,
    handed,
    handover,
    models,
    reformed,
    sent,
)


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> RuleContext:
    """Return the context in which the reform is known."""
    return context_of(reformed(reference))


@pytest.fixture
def journal(after_reform: RuleContext, render: Renderer) -> MemoryJournal:
    """Return a journal: the old communes closed with 10, 20 and 5, the divided with 9."""
    journal = MemoryJournal(after_reform, render)
    for unit, total in zip((*OLD, DIVIDED), (10, 20, 5, 9), strict=True):
        journal.receive(sent(models(unit, LAST, total, total), after_reform))
    return journal


def codes(outcome: SubmissionOutcome) -> list[str]:
    """Return the codes of a receipt's findings."""
    return [it.code for it in outcome.entry.findings]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [(35, []), (36, ["handover_equals_closings"]), (10, ["handover_equals_closings"])],
)
def test_one_successor_takes_over_everything(
    journal: MemoryJournal, opening: int, expected: list[str]
) -> None:
    """10 + 20 + 5 are 35, no more and no less."""
    (outcome,) = journal.receive(handed(handover(MERGED, opening, "h")))

    assert codes(outcome) == expected
    assert bool(journal.handovers) == (not expected)


def test_refusal_names_both_sums(journal: MemoryJournal) -> None:
    """And the units whose closings were added up."""
    (outcome,) = journal.receive(handed(handover(MERGED, 36, "h")))

    (finding,) = outcome.entry.findings
    assert finding.field == "openings.dvk_models_opening"
    assert all(it in finding.message for it in ("36", "35", *(f"xã mẫu {it}" for it in OLD)))


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [
        (4, 5, ["accepted", "accepted"]),
        (4, 4, ["accepted", "rejected"]),
        (9, 0, ["accepted", "accepted"]),
        (10, 0, ["rejected", "accepted"]),
    ],
)
def test_shares_of_a_divided_unit_are_its_successors_business(
    journal: MemoryJournal, first: int, second: int, verdicts: list[str]
) -> None:
    """Only together they must be what it had; also within one batch."""
    outcomes = journal.receive(
        handed(handover(PARTS[0], first, "h1")), handed(handover(PARTS[1], second, "h2"))
    )

    assert [it.entry.verdict for it in outcomes] == verdicts


def test_another_record_replaces_the_first(journal: MemoryJournal) -> None:
    """Resending is idempotent; other figures make another revision of the handover."""
    document = handover(PARTS[0], 4, "h1")
    first, again = journal.receive(handed(document), handed(document))
    same, other = journal.receive(
        handed(handover(PARTS[0], 4, "h2")), handed(handover(PARTS[0], 5, "h3"))
    )

    assert again.repeated
    assert receipt_of(again.entry) == receipt_of(first.entry)
    assert (same.entry.unchanged, same.entry.revision) == (True, 1)
    assert (other.entry.unchanged, other.entry.revision) == (False, 2)
    assert isinstance(receipt_of(other.entry), SubmissionAccepted)


def test_by_field_too(journal: MemoryJournal) -> None:
    """Each stock has a sum of its own; one that nobody closed with cannot be held against."""
    economy = "dvk_models_opening[field=kinh_te]"

    (outcome,) = journal.receive(
        handed(handover(MERGED, {"dvk_models_opening": 35, economy: 20}, "h"))
    )

    assert codes(outcome) == ["handover_closings_unknown"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (handover(OLD[0], 10, "a"), "unit_not_alive"),
        (handover("13285.2", 10, "b", effective_on="2025-07-02"), "handover_without_redrawing"),
        (handover(MERGED, 35, "c", period="cal.2025-Q4"), "handover_outside_period"),
        (handover(MERGED, {"dvk_models_new": 35}, "d"), "handover_not_a_stock"),
        (handover(MERGED, {"dvk_models_total": 35}, "e"), "handover_not_a_stock"),
        (handover(MERGED, {"nonsense": 35}, "f"), "unknown_cell"),
        (handover(MERGED, {"dvk_models_opening": "35"}, "g"), "wrong_kind"),
        (handover("99999.9", 35, "h"), "unknown_unit"),
        (handover(MERGED, 35, "i", effective_on="2025-7-1"), "bad_day"),
    ],
)
def test_record_that_cannot_be_one_is_refused(
    journal: MemoryJournal, document: dict[str, object], code: str
) -> None:
    """With a reason; and nothing is remembered of it but the journal's line."""
    (outcome,) = journal.receive(handed(document))

    assert code in codes(outcome)
    assert outcome.entry.verdict == "rejected"
    assert not journal.handovers


def test_unverified_lineage_refuses_nobody(reference: ReferenceData, render: Renderer) -> None:
    """Where two sources disagree on who became what, an unequal sum is a warning."""
    known = reformed(reference)
    links = [replace(it, verified=it.successor != MERGED) for it in known.lineage]
    journal = MemoryJournal(context_of(replace(known, lineage=Lineage(links))), render)
    for unit in OLD:
        journal.receive(sent(models(unit, LAST, 1, 1), journal.context))

    (outcome,) = journal.receive(handed(handover(MERGED, 36, "h")))

    assert outcome.entry.verdict == "accepted"
    assert [(it.code, it.severity) for it in outcome.entry.findings] == [
        ("handover_equals_closings", "warn")
    ]


def test_handover_that_comes_late_questions_the_first_report(journal: MemoryJournal) -> None:
    """The report stands; its sender is asked, and told by the record of which decision."""
    first = models(PARTS[0], FIRST, 4, 4)
    journal.receive(sent(first, journal.context, source="other"))

    (outcome,) = journal.receive(handed(handover(PARTS[0], 5, "h")))

    assert codes(outcome) == ["following_report_questioned"]
    (question,) = outcome.questions
    assert (question.source, question.cause_kind, question.cause_revision) == (
        "other",
        "handover",
        1,
    )
