"""Lateness is judged once, at receipt, by the rule of that time; only a document changes it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.domain.events import published
from services.intake.domain.rejudgement import OPERATOR, rejudge
from services.intake.domain.republishing import published_again, with_place
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.state import SlotState
from services.intake.domain.violations import Renderer
from services.intake.entry.answers import receipt_view
from shared.contracts.reports import ReportAccepted
from shared.reference.deadlines import Due
from shared.reference.periods import VIETNAM, Period
from tests.builders.intake import Report, raw
from tests.builders.intake_journal import MemoryJournal

UNIT = "13285.2"
DOCUMENT = "Công văn 12-CV/BCĐ"
LAST_MOMENT = datetime(2026, 12, 25, 23, 59, 59, tzinfo=VIETNAM)
"""The last second of the last day of "chậm nhất ngày 25/12/2026"."""


def due_on(context: RuleContext, due: Due) -> RuleContext:
    """Return the same knowledge with one due instant for everything."""

    def when(form: str, period: Period, unit: str) -> Due:
        assert form
        assert period
        assert unit
        return due

    return build_rule_context(context.catalogue, context.directory, when)


def report(journal: MemoryJournal, total: int, at: datetime) -> SlotState:
    """Let a commune report, and return how its slot stands then."""
    given = Report(UNIT, "F05", "nd09.2026-M10", {"dvk_models_total": total})
    (outcome,) = journal.receive(raw(given.document(journal.context), received_at=at))
    assert outcome.entry.verdict == "accepted"
    return next(iter(journal.slots.values()))


@pytest.mark.parametrize(
    ("after_last_moment", "on_time"), [(timedelta(0), True), (timedelta(seconds=1), False)]
)
def test_midnight_is_vietnams(
    context: RuleContext,
    render: Renderer,
    after_last_moment: timedelta,
    on_time: bool,
) -> None:
    """23:59:59 and 00:00:00 in Asia/Ho_Chi_Minh are 16:59:59 and 17:00:00 by a server in UTC."""
    due = Due(datetime.combine(date(2026, 12, 26), datetime.min.time(), VIETNAM), DOCUMENT)
    journal = MemoryJournal(due_on(context, due), render)

    slot = report(journal, 1, (LAST_MOMENT + after_last_moment).astimezone(UTC))

    assert slot.on_time is on_time


def test_next_rule_leaves_the_last_verdict_alone(context: RuleContext, render: Renderer) -> None:
    """Whoever was late stays late, also with a correction sent under the new rule."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "old")), render)
    first = report(journal, 1, at)
    journal.context = due_on(context, Due(at + timedelta(days=9), "new"))

    corrected = report(journal, 2, at + timedelta(days=1))

    assert (first.on_time, first.deadline_rule) == (False, "old")
    assert (corrected.on_time, corrected.deadline_rule, corrected.due_at) == (False, "old", at)
    assert corrected.first_received_at == at


def test_rejudgement_is_a_revision_with_the_same_content(
    context: RuleContext, render: Renderer
) -> None:
    """All but the verdict stays, down to who sent it and when; a second one finds nothing."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "old")), render)
    slot = report(journal, 7, at)
    later = Due(at + timedelta(days=1), DOCUMENT)

    made = rejudge(slot, later, DOCUMENT, at + timedelta(days=30))

    assert made is not None
    assert (made.after.revision, made.after.content_revision) == (2, 1)
    changed = {"revision": 2, "due_at": later.at, "deadline_rule": DOCUMENT, "on_time": True}
    assert made.after == replace(slot, **changed)  # type: ignore[arg-type] # four fields of their own types
    assert (made.entry.source, made.entry.kind) == (OPERATOR, "rejudgement")
    assert rejudge(made.after, later, DOCUMENT, at + timedelta(days=31)) is None


def test_event_of_a_rejudgement_names_the_sender_and_the_document(
    context: RuleContext, render: Renderer
) -> None:
    """Replay, totals and coverage take it like any other revision."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "old")), render)
    given = Report(UNIT, "F05", "nd09.2026-M10", {"dvk_models_total": 7})
    arrival = raw(given.document(journal.context), received_at=at)
    (outcome,) = journal.receive(arrival)
    (slot,) = journal.slots.values()
    made = rejudge(slot, Due(at + timedelta(days=1), DOCUMENT), DOCUMENT, at + timedelta(days=30))
    assert made
    assert outcome.validated

    placed = with_place(made.entry, journal.context)
    event = published_again(placed, outcome.entry, journal.context)

    before = published(outcome.entry, outcome.validated.report, outcome.validated.figures)
    assert isinstance(event, ReportAccepted)
    assert isinstance(before, ReportAccepted)
    same = {"source", "submission_id", "figures", "received_at", "first_received_at", "path"}
    assert event.model_dump(include=same) == before.model_dump(include=same)
    assert (event.revision, event.on_time, event.rejudged) == (2, True, DOCUMENT)
    assert event.event_id != before.event_id


def test_history_entered_after_the_fact_is_neither_in_time_nor_late(
    context: RuleContext, render: Renderer
) -> None:
    """Nobody could report in October what is due before the first day; a correction keeps that."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "rule", before_use=True)), render)
    report(journal, 1, at + timedelta(days=30))

    corrected = report(journal, 2, at + timedelta(days=31))

    entry = journal.entries[-1]
    assert (corrected.on_time, corrected.due_at, corrected.filled) == (None, at, True)
    assert (entry.on_time, entry.backfilled) == (None, True)
    assert receipt_view(entry)["backfilled"]


def test_history_is_published_as_such(context: RuleContext, render: Renderer) -> None:
    """``on_time`` stays the bare fact, for readers that do not know the field beside it."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    events = {}
    for before_use in (True, False):
        due = Due(at, "rule", before_use=before_use)
        journal = MemoryJournal(due_on(context, due), render)
        given = Report(UNIT, "F05", "nd09.2026-M10", {"dvk_models_total": 7})
        (outcome,) = journal.receive(raw(given.document(journal.context), received_at=at))
        assert outcome.validated
        event = published(outcome.entry, outcome.validated.report, outcome.validated.figures)
        assert isinstance(event, ReportAccepted)
        events[before_use] = event

    assert (events[True].on_time, events[True].backfilled) == (False, True)
    assert (events[False].on_time, events[False].backfilled) == (False, False)
    assert '"backfilled":true' in events[True].model_dump_json()
    assert "backfilled" not in events[False].model_dump_json()


def test_first_day_published_later_clears_who_was_called_late(
    context: RuleContext, render: Renderer
) -> None:
    """``qcdc rejudge`` takes the word "late" from history that was entered before that."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "rule")), render)
    slot = report(journal, 7, at)
    history = Due(at, "rule", before_use=True)

    made = rejudge(slot, history, DOCUMENT, at + timedelta(days=30))

    assert slot.on_time is False
    assert made is not None
    assert (made.after.on_time, made.after.revision, made.entry.on_time) == (None, 2, None)
    assert made.entry.backfilled
    assert rejudge(made.after, history, DOCUMENT, at + timedelta(days=31)) is None


def test_withdrawal_of_a_rejudged_report_still_fits(context: RuleContext, render: Renderer) -> None:
    """Its sender knows the revision of its own receipt; judging again replaced no figure."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    journal = MemoryJournal(due_on(context, Due(at, "old")), render)
    slot = report(journal, 7, at)
    made = rejudge(slot, Due(at + timedelta(days=1), "new"), DOCUMENT, at)

    assert made
    assert made.after.holds(1)
    assert made.after.holds(2)
    assert not made.after.holds(3)
    assert not SlotState(slot.key, 3, content_revision=3).holds(3)
