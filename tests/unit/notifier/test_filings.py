"""Filings and duties are the same however often, and in whatever order, reports arrive."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.changes import DueChangeCause, DutyChanges
from services.notifier.domain.duties import Duty, DutyState, Filing, SlotRecord
from services.notifier.domain.filings import ReportEvent, file_reports, newest
from shared.contracts.duties import DutyMet, DutyOpened
from shared.contracts.reports import ReportAccepted
from shared.reference.slots import Slot
from tests.builders.notifier import DUE_AT, SLOT, accepted, duty, withdrawn

EARLY, LATE = DUE_AT - timedelta(hours=1), DUE_AT + timedelta(hours=1)
LATER = DUE_AT + timedelta(days=3)
DOCUMENT = "Công văn số 15-CV/BCĐ ngày 25/11/2026"
EXCUSED = duty(state=DutyState.EXCUSED)
OTHER = Slot("14470.2", SLOT.form, SLOT.period)


def test_report_meets_the_duty_on_time() -> None:
    """Lateness is judged by the first receipt, whenever the report is read here."""
    changes = file_reports({SLOT: SlotRecord(None, duty())}, {SLOT: accepted(1, EARLY)})

    assert changes.duties == {SLOT: duty(state=DutyState.MET)}
    assert [(type(it), it.on_time) for it in changes.events if isinstance(it, DutyMet)] == [
        (DutyMet, True)
    ]


def test_report_at_the_due_instant_is_late() -> None:
    """The window is half-open: 17 giờ 00 sharp is not before 17 giờ 00."""
    (event,) = file_reports({SLOT: SlotRecord(None, duty())}, {SLOT: accepted(1, DUE_AT)}).events

    assert isinstance(event, DutyMet)
    assert not event.on_time


def test_history_meets_a_duty_without_a_verdict() -> None:
    """A duty that was opened before the first day was published is met, and nobody is late."""
    history = accepted(1, LATE).model_copy(update={"backfilled": True})

    changes = file_reports({SLOT: SlotRecord(None, duty())}, {SLOT: history})

    assert changes.filings == {SLOT: Filing(1, LATE, on_time=False, backfilled=True)}
    assert [it.backfilled for it in changes.events if isinstance(it, DutyMet)] == [True]


def test_report_before_the_duty_opens_is_kept() -> None:
    """A unit that sends weeks early must not be asked again."""
    changes = file_reports({}, {SLOT: accepted(1, EARLY)})

    assert changes.filings == {SLOT: Filing(1, EARLY, on_time=True)}
    assert changes.events == ()


@pytest.mark.parametrize("revision", [1, 2])
def test_revision_already_passed_changes_nothing(revision: int) -> None:
    """Neither a late revision 1 nor a second revision 2 moves a slot that stands at 2."""
    records = {SLOT: SlotRecord(Filing(2, None), duty())}

    changes = file_reports(records, {SLOT: accepted(revision, EARLY)})

    assert not changes.filings
    assert not changes.duties


def test_withdrawal_opens_the_duty_again() -> None:
    """A slot that counts nothing is owed; the next scan decides whether that is too late."""
    records = {SLOT: SlotRecord(Filing(1, EARLY), duty(state=DutyState.MET))}

    changes = file_reports(records, {SLOT: withdrawn(2, LATE)})

    assert changes.filings == {SLOT: Filing(2, None)}
    assert changes.duties == {SLOT: duty()}
    assert [type(it) for it in changes.events] == [DutyOpened]


def test_correction_of_a_met_duty_tells_nothing_new() -> None:
    """A duty is met once, however often its figures are corrected."""
    records = {SLOT: SlotRecord(Filing(1, EARLY), duty(state=DutyState.MET))}

    assert file_reports(records, {SLOT: accepted(2, EARLY)}).events == ()


def test_excused_unit_may_report_all_the_same() -> None:
    """It is kept, in case the directory was wrong; nothing is met that is not owed."""
    changes = file_reports({SLOT: SlotRecord(None, EXCUSED)}, {SLOT: accepted(1, EARLY)})

    assert changes == DutyChanges(filings={SLOT: Filing(1, EARLY, on_time=True)})


def test_report_judged_by_a_later_instant_takes_the_duty_along() -> None:
    """Intake may hear of a revised calendar first; its verdict and our duty must agree."""
    changes = file_reports(
        {SLOT: SlotRecord(None, duty())}, {SLOT: accepted(1, LATE, due_at=LATER)}
    )

    assert changes.duties == {SLOT: duty(state=DutyState.MET, due_at=LATER)}
    assert [it.on_time for it in changes.events if isinstance(it, DutyMet)] == [True]
    assert [(it.was, it.becomes, it.because) for it in changes.due_changes] == [
        (DUE_AT, LATER, DueChangeCause.JUDGED)
    ]


def test_report_judged_by_an_earlier_instant_moves_nothing() -> None:
    """The unit has been given more time since; its verdict stays what it was at receipt."""
    changes = file_reports(
        {SLOT: SlotRecord(None, duty(due_at=LATER))}, {SLOT: accepted(1, LATE, due_at=DUE_AT)}
    )

    assert changes.duties == {SLOT: duty(state=DutyState.MET, due_at=LATER)}
    assert [it.on_time for it in changes.events if isinstance(it, DutyMet)] == [False]
    assert changes.due_changes == ()


@pytest.mark.parametrize(("due_at", "on_time"), [(LATER, True), (EARLY, False)])
def test_rejudged_report_tells_the_new_verdict(due_at: datetime, on_time: bool) -> None:
    """An explicit act, by a document, either way; its line in the audit cites it."""
    late = SlotRecord(Filing(1, LATE, on_time=False), duty(state=DutyState.MET))
    again = accepted(2, LATE, due_at=due_at, rejudged=DOCUMENT)

    changes = file_reports({SLOT: late}, {SLOT: again})

    assert changes.duties == {SLOT: duty(state=DutyState.MET, due_at=due_at)}
    assert changes.filings == {SLOT: Filing(2, LATE, on_time=on_time)}
    assert [it.on_time for it in changes.events if isinstance(it, DutyMet)] == [on_time]
    assert [(it.because, it.document) for it in changes.due_changes] == [
        (DueChangeCause.REJUDGED, DOCUMENT)
    ]


def test_rejudging_is_told_although_a_correction_followed_at_once() -> None:
    """Both lie in one batch, and only the newest revision counts."""
    late = SlotRecord(Filing(1, LATE, on_time=False), duty(state=DutyState.MET))
    batch = [
        accepted(3, LATE, due_at=LATER),
        accepted(2, LATE, due_at=LATER, rejudged=DOCUMENT),
    ]

    (event,) = file_reports({SLOT: late}, newest(batch)).events

    assert isinstance(event, DutyMet)
    assert event.on_time


def test_report_after_a_withdrawal_is_not_rejudged() -> None:
    """The document spoke of the report that was taken back."""
    batch: list[ReportEvent] = [
        accepted(1, LATE, rejudged=DOCUMENT),
        withdrawn(2, LATE),
        accepted(3, LATE),
    ]

    (report,) = newest(batch).values()

    assert isinstance(report, ReportAccepted)
    assert report.rejudged is None


def history(slot: Slot, kinds: list[bool]) -> list[ReportEvent]:
    return [
        accepted(n, EARLY + timedelta(minutes=n), slot) if kind else withdrawn(n, LATE, slot)
        for n, kind in enumerate(kinds, start=1)
    ]


def deliver(batches: list[list[ReportEvent]], state: DutyState) -> dict[Slot, SlotRecord]:
    records = {it: SlotRecord(None, duty(it.unit, state)) for it in (SLOT, OTHER)}
    for batch in batches:
        changes = file_reports(records, newest(batch))
        for slot, record in records.items():
            filing: Filing | None = changes.filings.get(slot, record.filing)
            owed: Duty | None = changes.duties.get(slot, record.duty)
            records[slot] = SlotRecord(filing, owed)
    return records


kinds = st.lists(st.booleans(), min_size=1, max_size=5)


@given(kinds, kinds, st.sampled_from(DutyState), st.data())
def test_filings_and_duties_ignore_order_and_repetition(
    first: list[bool], second: list[bool], state: DutyState, data: st.DataObject
) -> None:
    """Any delivery, cut into any batches, ends where the newest revisions say."""
    reports = history(SLOT, first) + history(OTHER, second)
    repeats = data.draw(st.lists(st.sampled_from(reports), max_size=5))
    delivered = data.draw(st.permutations(reports + repeats))
    cut = data.draw(st.integers(0, len(delivered)))

    records = deliver([delivered[:cut], delivered[cut:]], state)

    assert records == deliver([[it] for it in reports], state)
    for slot, last in ((SLOT, first[-1]), (OTHER, second[-1])):
        owed = records[slot].duty
        assert owed is not None
        owes = DutyState.MET if last else DutyState.OPEN
        assert owed.state is (state if state is DutyState.EXCUSED else owes)
