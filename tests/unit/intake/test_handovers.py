"""Handovers: what the new units open with is what the old ones closed with, stock by stock."""

from dataclasses import replace

import pytest

from services.intake.domain.events import receipt_of
from services.intake.domain.numbering import Decision
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.violations import Say
from shared.contracts.reports import SubmissionAccepted
from shared.reference.lineage import Lineage
from shared.reference.reference_data import ReferenceData
from tests.unit.intake.books import Books
from tests.unit.intake.reform import (
    DIVIDED,
    FIRST,
    LAST,
    MERGED,
    OLD,
    PARTS,
    handed,
    handover,
    knowledge_of,
    models,
    reformed,
    sent,
)


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> Knowledge:
    """Return what a judge knows who has heard of the reform."""
    return knowledge_of(reformed(reference))


@pytest.fixture
def books(after_reform: Knowledge, say: Say) -> Books:
    """Return books in which the old communes have closed with 10, 20 and 5, the divided with 9."""
    books = Books(after_reform, say)
    for unit, total in zip((*OLD, DIVIDED), (10, 20, 5, 9), strict=True):
        books.receive(sent(models(unit, LAST, total, total), after_reform))
    return books


def codes(decision: Decision) -> list[str]:
    """Return the codes of a receipt's findings."""
    return [it.code for it in decision.entry.findings]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [(35, []), (36, ["handover_equals_closings"]), (10, ["handover_equals_closings"])],
)
def test_one_successor_takes_over_everything(
    books: Books, opening: int, expected: list[str]
) -> None:
    """10 + 20 + 5 are 35, no more and no less."""
    (decision,) = books.receive(handed(handover(MERGED, opening, "h")))

    assert codes(decision) == expected
    assert bool(books.handovers) == (not expected)


def test_refusal_names_both_sums(books: Books) -> None:
    """And the units whose closings were added up."""
    (decision,) = books.receive(handed(handover(MERGED, 36, "h")))

    (finding,) = decision.entry.findings
    assert finding.field == "openings.dvk_models_opening"
    assert all(it in finding.message for it in ("36", "35", *(f"Xã mẫu {it}" for it in OLD)))


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
    books: Books, first: int, second: int, verdicts: list[str]
) -> None:
    """Only together they must be what it had; also within one batch."""
    decisions = books.receive(
        handed(handover(PARTS[0], first, "h1")), handed(handover(PARTS[1], second, "h2"))
    )

    assert [it.entry.verdict for it in decisions] == verdicts


def test_another_record_replaces_the_first(books: Books) -> None:
    """Resending is idempotent; other figures make another revision of the handover."""
    document = handover(PARTS[0], 4, "h1")
    first, again = books.receive(handed(document), handed(document))
    same, other = books.receive(
        handed(handover(PARTS[0], 4, "h2")), handed(handover(PARTS[0], 5, "h3"))
    )

    assert again.repeated
    assert receipt_of(again.entry) == receipt_of(first.entry)
    assert (same.entry.unchanged, same.entry.revision) == (True, 1)
    assert (other.entry.unchanged, other.entry.revision) == (False, 2)
    assert isinstance(receipt_of(other.entry), SubmissionAccepted)


def test_by_field_too(books: Books) -> None:
    """Each stock has a sum of its own; one that nobody closed with cannot be held against."""
    economy = "dvk_models_opening[field=kinh_te]"

    (decision,) = books.receive(
        handed(handover(MERGED, {"dvk_models_opening": 35, economy: 20}, "h"))
    )

    assert codes(decision) == ["handover_closings_unknown"]


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
    books: Books, document: dict[str, object], code: str
) -> None:
    """With a reason; and nothing is remembered of it but the journal's line."""
    (decision,) = books.receive(handed(document))

    assert code in codes(decision)
    assert decision.entry.verdict == "rejected"
    assert not books.handovers


def test_unverified_lineage_refuses_nobody(reference: ReferenceData, say: Say) -> None:
    """Where two sources disagree on who became what, an unequal sum is a warning."""
    known = reformed(reference)
    links = [replace(it, verified=it.successor != MERGED) for it in known.lineage]
    books = Books(knowledge_of(replace(known, lineage=Lineage(links))), say)
    for unit in OLD:
        books.receive(sent(models(unit, LAST, 1, 1), books.knowledge))

    (decision,) = books.receive(handed(handover(MERGED, 36, "h")))

    assert decision.entry.verdict == "accepted"
    assert [(it.code, it.severity) for it in decision.entry.findings] == [
        ("handover_equals_closings", "warn")
    ]


def test_handover_that_comes_late_questions_the_first_report(books: Books) -> None:
    """The report stands; its sender is asked, and told by the record of which decision."""
    first = models(PARTS[0], FIRST, 4, 4)
    books.receive(sent(first, books.knowledge, source="other"))

    (decision,) = books.receive(handed(handover(PARTS[0], 5, "h")))

    assert codes(decision) == ["following_report_questioned"]
    (question,) = decision.questions
    assert (question.source, question.cause_kind, question.cause_revision) == (
        "other",
        "handover",
        1,
    )
