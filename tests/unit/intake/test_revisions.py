"""The fold: every submission is decided once, and revisions count up, whatever is repeated."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.events import published, receipt_of
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from shared.contracts.reports import ReportAccepted, ReportWithdrawn, SubmissionAccepted
from tests.builders.intake import COMMUNE_OF_HA_NOI, NOON, Report, models, raw
from tests.builders.intake_journal import MemoryJournal

UNIT, FORM, PERIOD = models().unit, models().form, models().period


@pytest.fixture
def journal(context: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(context, render)


def submission(journal: MemoryJournal, event_id: str, total: int, **changes: Any) -> RawSubmission:
    """Let the commune send its number of models."""
    document = models(total=total).document(journal.context, event_id=event_id)
    return raw(document, **changes)


def withdrawal(event_id: str, **changes: Any) -> RawSubmission:
    """Let the commune take its report back."""
    document = {
        "event_id": event_id,
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": UNIT,
        "form": FORM,
        "period": PERIOD,
        "reason": "Nhập nhầm kỳ báo cáo",
    }
    return raw(document, kind=SubmissionKind.WITHDRAWAL, **changes)


def test_resend_gets_the_first_receipt_again(journal: MemoryJournal) -> None:
    """Byte for byte, so that a sender may simply repeat what it is unsure of."""
    (first,) = journal.receive(submission(journal, "a", 10))
    again = submission(journal, "a", 10, received_at=NOON + timedelta(days=3))

    (second,) = journal.receive(again)

    assert second.repeated
    assert second.validated is None
    assert receipt_of(second.entry).model_dump_json() == receipt_of(first.entry).model_dump_json()
    assert len(journal.entries) == 1


def test_other_content_under_a_used_id_is_refused(journal: MemoryJournal) -> None:
    """A sender that reuses ids would overwrite its own reports unseen."""
    journal.receive(submission(journal, "a", 10))

    conflict, again = journal.receive(submission(journal, "a", 11), submission(journal, "a", 11))

    assert [it.code for it in conflict.entry.findings] == ["event_id_conflict"]
    assert again.repeated
    assert again.entry == conflict.entry


def test_conflict_names_the_day_of_the_first_receipt_in_vietnam(journal: MemoryJournal) -> None:
    """18:30 UTC is already the next day where the sender looks for its first submission."""
    evening = datetime(2026, 3, 5, 18, 30, tzinfo=UTC)
    journal.receive(submission(journal, "a", 10, received_at=evening))

    (conflict,) = journal.receive(submission(journal, "a", 11))

    assert "06/3/2026" in conflict.entry.findings[0].message


def test_same_id_of_another_source_is_another_submission(journal: MemoryJournal) -> None:
    """Ids are unique within a source only; of two sources the later one counts."""
    first, second = journal.receive(
        submission(journal, "a", 10), submission(journal, "a", 11, source="other")
    )

    assert [first.entry.revision, second.entry.revision] == [1, 2]


def test_same_figures_under_a_new_id_change_nothing(journal: MemoryJournal) -> None:
    """No revision, no event: a total cannot move by it."""
    journal.receive(submission(journal, "a", 10))

    (outcome,) = journal.receive(submission(journal, "b", 10))

    assert outcome.entry.unchanged
    assert outcome.entry.revision == 1
    assert outcome.validated is None


def test_absent_and_null_are_the_same_figures(journal: MemoryJournal) -> None:
    """Both say that nothing is known; neither is zero."""
    journal.receive(submission(journal, "a", 10))
    with_null = models(total=10, effective=None).document(journal.context, event_id="b")
    with_zero = models(total=10, effective=0).document(journal.context, event_id="c")

    null, zero = journal.receive(raw(with_null), raw(with_zero))

    assert null.entry.unchanged
    assert zero.entry.revision == 2


def test_correction_keeps_the_first_verdict_on_lateness(journal: MemoryJournal) -> None:
    """Whoever reported in time and corrects later was in time."""
    due = datetime(2024, 1, 8, 10, 0, tzinfo=UTC)
    in_time, late = due - timedelta(microseconds=1), due + timedelta(days=9)

    first, second = journal.receive(
        submission(journal, "a", 10, received_at=in_time),
        submission(journal, "b", 11, received_at=late),
    )

    assert first.entry.due_at == due
    assert (first.entry.on_time, second.entry.on_time) == (True, True)
    assert second.entry.first_received_at == in_time


def test_report_at_the_due_instant_is_late(journal: MemoryJournal) -> None:
    """The time allowed is half-open, here as in the notifier."""
    due = datetime(2024, 1, 8, 10, 0, tzinfo=UTC)

    (outcome,) = journal.receive(submission(journal, "a", 10, received_at=due))

    assert outcome.entry.on_time is False


def test_withdrawn_slot_begins_anew(journal: MemoryJournal) -> None:
    """A withdrawal takes a revision; a report after it is judged by its own time of receipt."""
    later = NOON + timedelta(days=1)

    _, taken, again = journal.receive(
        submission(journal, "a", 10),
        withdrawal("w"),
        submission(journal, "b", 10, received_at=later),
    )

    assert [taken.entry.revision, again.entry.revision] == [2, 3]
    assert again.entry.first_received_at == later
    assert taken.validated
    event = published(taken.entry, taken.validated.report, taken.validated.figures)
    assert isinstance(event, ReportWithdrawn)


def test_withdrawal_of_nothing_is_refused(journal: MemoryJournal) -> None:
    """An empty slot stays empty, and no revision is spent on it."""
    first, _, __, second = journal.receive(
        withdrawal("w"), submission(journal, "a", 10), withdrawal("x"), withdrawal("y")
    )

    codes = [[it.code for it in outcome.entry.findings] for outcome in (first, second)]
    assert codes == [["nothing_to_withdraw"], ["nothing_to_withdraw"]]


def test_withdrawal_of_a_replaced_report_is_refused(journal: MemoryJournal) -> None:
    """Otherwise a late DELETE would take away the correction that came in between."""
    journal.receive(submission(journal, "a", 10), submission(journal, "b", 11))

    refused, taken = journal.receive(withdrawal("w", revision=1), withdrawal("x", revision=2))

    assert [it.code for it in refused.entry.findings] == ["superseded"]
    assert taken.entry.verdict == "accepted"


def test_carry_within_one_batch(journal: MemoryJournal) -> None:
    """R5: what November left open may be settled by December's report in the same batch."""

    def month(
        event_id: str, period: str, detected: int, resolved: int, **carried_in: int
    ) -> RawSubmission:
        figures = {
            "pib_violations_detected": detected,
            "pib_cases_resolved": resolved,
            **carried_in,
        }
        report = Report(COMMUNE_OF_HA_NOI, "F04", period, figures)
        return raw(report.document(journal.context, event_id=event_id))

    early, november, december, quarter = journal.receive(
        month("a", "cal.2023-M12", 1, 3, pib_cases_carried_in=0),
        month("b", "cal.2023-M11", 5, 3),
        month("c", "cal.2023-M12", 1, 3),
        month("d", "cal.2024-Q1", 0, 1),
    )

    verdicts = [it.entry.verdict for it in (early, november, december, quarter)]
    assert verdicts == ["rejected", "accepted", "accepted", "rejected"]


def test_published_report_says_what_counts(journal: MemoryJournal) -> None:
    """Figures in form order, the units whose totals they enter, and the verdict on lateness."""
    (outcome,) = journal.receive(submission(journal, "a", 10))

    assert outcome.validated
    event = published(outcome.entry, outcome.validated.report, outcome.validated.figures)
    assert isinstance(event, ReportAccepted)
    assert event.province == "37.1"
    assert list(event.figures)[-1] == "dvk_models_recognised"
    assert event.figures["dvk_models_total"] == 10
    assert event.occurred_at == event.received_at == NOON
    assert event.deadline_rule == "cal.5wd"


Delivery = tuple[str, int | None]
DELIVERIES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.one_of(st.none(), st.integers(1, 3))), max_size=25
)


@settings(max_examples=150, deadline=None)
@given(deliveries=DELIVERIES, cuts=st.sets(st.integers(0, 25)))
def test_revisions_count_up_whatever_is_repeated(
    context: RuleContext, render: Renderer, deliveries: list[Delivery], cuts: set[int]
) -> None:
    """
    One journal row per source, event id and content; revisions 1, 2, 3, ... per slot.

    How deliveries are cut into batches makes no difference.
    """
    whole, parts = MemoryJournal(context, render), MemoryJournal(context, render)
    submissions = [
        withdrawal(name) if total is None else submission(whole, name, total)
        for name, total in deliveries
    ]

    at_once = whole.receive(*submissions)
    edges = [0, *sorted(it for it in cuts if it <= len(submissions)), len(submissions)]
    in_parts = [
        outcome
        for first, last in pairwise(edges)
        for outcome in parts.receive(*submissions[first:last])
    ]

    assert list(at_once) == in_parts
    assert (whole.entries, whole.slots) == (parts.entries, parts.slots)
    keys = Counter((it.source, it.event_id, it.content_hash) for it in whole.entries)
    assert set(keys.values()) <= {1}
    revisions = defaultdict(list)
    for outcome in at_once:
        if outcome.validated:
            revisions[outcome.entry.unit].append(outcome.entry.revision)
    for numbers in revisions.values():
        assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=100, deadline=None)
@given(data=st.data(), deliveries=DELIVERIES)
def test_repeats_anywhere_later_change_nothing(
    context: RuleContext, render: Renderer, data: st.DataObject, deliveries: list[Delivery]
) -> None:
    """At-least-once delivery: what has been decided is decided."""
    journal = MemoryJournal(context, render)
    submissions = [
        withdrawal(name) if total is None else submission(journal, name, total)
        for name, total in deliveries
    ]
    journal.receive(*submissions)
    entries, slots = list(journal.entries), dict(journal.slots)
    repeats = data.draw(st.lists(st.sampled_from(submissions), max_size=10)) if submissions else []

    outcomes = journal.receive(*repeats)

    assert (journal.entries, journal.slots) == (entries, slots)
    assert all(it.repeated for it in outcomes)
    assert all(receipt_of(it.entry) for it in outcomes)


def test_receipt_of_an_accepted_entry(journal: MemoryJournal) -> None:
    """The receipt repeats warnings, so that a sender can act on them."""
    document = models(total=1, recognised=2).document(journal.context)

    (outcome,) = journal.receive(raw(document))

    receipt = receipt_of(outcome.entry)
    assert isinstance(receipt, SubmissionAccepted)
    assert [it.code for it in receipt.findings] == ["recognised_within_total"]
