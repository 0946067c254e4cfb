"""What is true must not be refused, and what is wrong must stay mendable (R2, R5, handovers)."""

from dataclasses import replace

import pytest

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import Report, raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import (
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


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> RuleContext:
    """Return the context in which the reform is known."""
    return context_of(reformed(reference))


@pytest.fixture
def journal(after_reform: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(after_reform, render)


def codes(outcome: SubmissionOutcome) -> list[str]:
    """Return the codes of a receipt's findings."""
    return [it.code for it in outcome.entry.findings]


def closed(journal: MemoryJournal, period: str, *closings: int) -> None:
    """Let the old communes close a period with these numbers."""
    for unit, total in zip(OLD, closings, strict=True):
        (outcome,) = journal.receive(sent(models(unit, period, None, total), journal.context))
        assert outcome.entry.verdict == "accepted"


def opened(journal: MemoryJournal, period: str, opening: int) -> list[str]:
    """Return what is said when the merged commune opens a period with a number."""
    (outcome,) = journal.receive(sent(models(MERGED, period, opening, opening), journal.context))
    return codes(outcome)


def front(
    journal: MemoryJournal, unit: str, period: str, detected: int, resolved: int
) -> RawSubmission:
    """Let the Front of a commune report its cases."""
    figures = {"pib_violations_detected": detected, "pib_cases_resolved": resolved}
    return sent(Report(unit, "F04", period, figures), journal.context)


def test_closing_of_years_ago_proves_nothing(journal: MemoryJournal) -> None:
    """One of three has been silent since 2019: nobody knows what it brought in."""
    closed(journal, LAST, 10, 20, 5)
    journal.receive(sent(models(OLD[0], "cal.2019", None, 4), journal.context))
    journal.receive(_withdrawal(OLD[0], LAST))

    assert not opened(journal, FIRST, 38)
    (recorded,) = journal.receive(handed(handover(MERGED, 38, "h")))
    assert codes(recorded)[0] == "handover_closings_unknown"
    assert recorded.entry.verdict == "accepted"


@pytest.mark.parametrize(("opening", "expected"), [(39, []), (35, ["opening_equals_predecessors"])])
def test_last_report_may_be_of_a_period_that_the_merger_cut_short(
    journal: MemoryJournal, opening: int, expected: list[str]
) -> None:
    """By the decree a month ends on 14 July: the old communes' part of it goes to 30 June."""
    closed(journal, "nd09.2025-M06", 10, 20, 5)
    closed(journal, "nd09.2025-M07", 12, 21, 6)

    assert opened(journal, "nd09.2025-M07", opening) == expected


def test_record_is_held_against_the_closings_of_its_eve(journal: MemoryJournal) -> None:
    """What came and went between 14 and 30 June is nobody's mistake."""
    closed(journal, "nd09.2025-M06", 10, 20, 5)

    def recorded(number: int) -> list[str]:
        document = handover(MERGED, number, f"h-{len(journal.entries)}", period="nd09.2025-M07")
        return codes(journal.receive(handed(document))[0])

    assert recorded(38) == ["handover_closings_unknown"]
    closed(journal, "nd09.2025-M07", 12, 21, 6)
    assert recorded(38) == ["handover_equals_closings"]
    assert recorded(39) == []


def test_closings_of_different_days_have_no_sum(journal: MemoryJournal) -> None:
    """One closed on 30 June, two on 14 June: what those two had at the end is not known."""
    closed(journal, "nd09.2025-M06", 10, 20, 5)
    journal.receive(sent(models(OLD[0], "nd09.2025-M07", None, 12), journal.context))

    assert not opened(journal, "nd09.2025-M07", 38)


def test_period_before_counts_where_nobody_closed_later(journal: MemoryJournal) -> None:
    """Whoever reports by the year opens with the closings of the year before."""
    closed(journal, "cal.2024", 10, 20, 5)

    assert opened(journal, "cal.2025", 36) == ["opening_equals_predecessors"]
    assert not opened(journal, "cal.2025", 35)


def test_period_cut_short_is_corrected(journal: MemoryJournal) -> None:
    """And then whoever opened with it is asked, as for any other closing."""
    closed(journal, "nd09.2025-M07", 12, 21, 6)
    assert not opened(journal, "nd09.2025-M07", 39)

    (corrected,) = journal.receive(sent(models(OLD[0], "nd09.2025-M07", None, 13), journal.context))

    assert [it.key.unit for it in corrected.questions] == [MERGED]


def test_backlogs_of_units_that_report_by_different_periods_add_up(
    journal: MemoryJournal,
) -> None:
    """R5: one commune reported by quarters, the other by months; both left cases."""
    journal.receive(
        front(journal, OLD[0], LAST, 5, 0),
        front(journal, OLD[1], "cal.2025-M05", 2, 0),
        front(journal, OLD[1], "cal.2025-M06", 1, 0),
    )

    too_many, fitting, after = journal.receive(
        front(journal, MERGED, FIRST, 0, 9),
        front(journal, MERGED, FIRST, 0, 7),
        front(journal, MERGED, "cal.2025-M10", 0, 2),
    )

    assert codes(too_many)[0] == "resolved_within_detected"
    assert fitting.entry.verdict == "accepted"
    assert codes(after)[0] == "resolved_within_detected"  # of eight cases one is left


def test_inexact_backlog_refuses_nobody(journal: MemoryJournal) -> None:
    """R5: of "more than twenty" cases four may well have been left; a correction says how many."""
    first = Report(
        OLD[0], "F04", "cal.2025-Q1", {"pib_violations_detected": 20, "pib_cases_resolved": 18}
    )
    qualifiers = {"pib_violations_detected": "at_least"}
    journal.receive(raw(first.document(journal.context, qualifiers=qualifiers)))

    fitting, _, too_many = journal.receive(
        front(journal, OLD[0], LAST, 0, 4),
        sent(first, journal.context),
        front(journal, OLD[0], LAST, 0, 3),
    )

    assert fitting.entry.verdict == "accepted"
    assert codes(too_many)[0] == "resolved_within_detected"


@pytest.mark.parametrize("at_once", [True, False])
def test_kind_of_periods_that_leaves_nothing_counts_too(
    journal: MemoryJournal, at_once: bool
) -> None:
    """R5: the quarter says nothing of the month's three; in one batch as over several."""
    submissions = [
        front(journal, OLD[0], LAST, 3, 0),
        front(journal, MERGED, "cal.2025-M07", 0, 3),
        front(journal, MERGED, FIRST, 0, 0),
        front(journal, MERGED, "cal.2025-Q4", 0, 3),
    ]

    last = (
        journal.receive(*submissions) if at_once else [journal.receive(it)[0] for it in submissions]
    )[-1]

    assert last.entry.verdict == "accepted"


def test_backlog_of_a_period_cut_short_is_carried(journal: MemoryJournal) -> None:
    """R5: what was found on 20 June may be settled on 5 July, both in one month of the decree."""
    journal.receive(front(journal, OLD[0], "nd09.2025-M07", 3, 0))

    (outcome,) = journal.receive(front(journal, MERGED, "nd09.2025-M07", 0, 3))

    assert outcome.entry.verdict == "accepted"


@pytest.mark.parametrize(
    ("closing", "wrong", "right"),
    [
        (9, (6, 3), (5, 4)),  # a share was written to the wrong one
        (11, (6, 3), (7, 4)),  # the closing has been corrected since
        (7, (6, 3), (5, 2)),
    ],
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_recorded_shares_can_be_corrected_one_after_the_other(
    journal: MemoryJournal,
    closing: int,
    wrong: tuple[int, int],
    right: tuple[int, int],
    order: tuple[int, int],
) -> None:
    """No record may hold the other one fast; in between the receipt warns."""
    journal.receive(sent(models(DIVIDED, LAST, 9, 9), journal.context))
    for unit, share in zip(PARTS, wrong, strict=True):
        (first,) = journal.receive(handed(handover(unit, share, f"{unit}-1")))
        assert not codes(first)
    journal.receive(sent(models(DIVIDED, LAST, None, closing), journal.context))

    tries = [journal.receive(_share(right, which, n))[0] for n in (1, 2) for which in order]

    assert not codes(tries[-1])
    assert {it.openings["dvk_models_opening"] for it in journal.handovers.values()} == {*right}


def test_only_record_must_fit_when_it_is_corrected_too(journal: MemoryJournal) -> None:
    """Nobody else's record has to follow."""
    closed(journal, LAST, 10, 20, 5)

    first, lower = journal.receive(
        handed(handover(MERGED, 35, "h1")), handed(handover(MERGED, 34, "h2"))
    )

    assert not codes(first)
    assert lower.entry.verdict == "rejected"


def test_report_of_a_unit_that_never_was_can_be_withdrawn(
    journal: MemoryJournal, reference: ReferenceData
) -> None:
    """The act that made the unit begins later than was thought: its report must not stay."""
    (accepted,) = journal.receive(sent(models(MERGED, FIRST, 1, 1), journal.context))
    assert accepted.entry.verdict == "accepted"
    known = reformed(reference)
    units = [state for it in known.directory for state in known.directory.states(it.key)]
    later = [
        replace(it, valid_from=REFORM.replace(year=2026)) if it.key == MERGED else it
        for it in units
    ]
    journal.context = context_of(replace(known, directory=Directory(later)))

    refused, withdrawn = journal.receive(
        sent(models(MERGED, FIRST, 2, 2), journal.context), _withdrawal(MERGED, FIRST)
    )

    assert "unit_not_alive" in codes(refused)
    assert withdrawn.entry.verdict == "accepted"


def _share(right: tuple[int, int], which: int, time: int) -> RawSubmission:
    return handed(handover(PARTS[which], right[which], f"{which}-{time}-again"))


def _withdrawal(unit: str, period: str) -> RawSubmission:
    document = {
        "event_id": f"withdrawal-{unit}-{period}",
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": unit,
        "form": "F05",
        "period": period,
        "reason": "Nhập nhầm",
    }
    return raw(document, kind=SubmissionKind.WITHDRAWAL)
