"""Filings and duties are the same however often, and in whatever order, reports arrive."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.duties import Duty, Entry, Filing, Slot, State
from services.notifier.domain.filings import Report, file_reports, newest
from shared.contracts.duties import DutyMet, DutyOpened
from tests.unit.notifier.samples import DUE_AT, SLOT, accepted, duty, withdrawn

EARLY, LATE = DUE_AT - timedelta(hours=1), DUE_AT + timedelta(hours=1)
OTHER = Slot("14470.2", SLOT.form, SLOT.period)


def test_report_meets_the_duty_on_time() -> None:
    """Lateness is judged by the first receipt, whenever the report is read here."""
    changes = file_reports({SLOT: Entry(None, duty())}, {SLOT: accepted(1, EARLY)})

    assert changes.duties == {SLOT: duty(state=State.MET)}
    assert [(type(it), it.on_time) for it in changes.events if isinstance(it, DutyMet)] == [
        (DutyMet, True)
    ]


def test_report_at_the_due_instant_is_late() -> None:
    """The window is half-open: 17 giờ 00 sharp is not before 17 giờ 00."""
    (event,) = file_reports({SLOT: Entry(None, duty())}, {SLOT: accepted(1, DUE_AT)}).events

    assert isinstance(event, DutyMet)
    assert not event.on_time


def test_report_before_the_duty_opens_is_kept() -> None:
    """A unit that sends weeks early must not be asked again."""
    changes = file_reports({}, {SLOT: accepted(1, EARLY)})

    assert changes.filings == {SLOT: Filing(1, EARLY)}
    assert changes.events == ()


@pytest.mark.parametrize("revision", [1, 2])
def test_revision_already_passed_changes_nothing(revision: int) -> None:
    """Neither a late revision 1 nor a second revision 2 moves a slot that stands at 2."""
    entries = {SLOT: Entry(Filing(2, None), duty())}

    changes = file_reports(entries, {SLOT: accepted(revision, EARLY)})

    assert not changes.filings
    assert not changes.duties


def test_withdrawal_opens_the_duty_again() -> None:
    """A slot that counts nothing is owed; the next scan decides whether that is too late."""
    entries = {SLOT: Entry(Filing(1, EARLY), duty(state=State.MET))}

    changes = file_reports(entries, {SLOT: withdrawn(2, LATE)})

    assert changes.filings == {SLOT: Filing(2, None)}
    assert changes.duties == {SLOT: duty()}
    assert [type(it) for it in changes.events] == [DutyOpened]


def test_correction_of_a_met_duty_tells_nothing_new() -> None:
    """A duty is met once, however often its figures are corrected."""
    entries = {SLOT: Entry(Filing(1, EARLY), duty(state=State.MET))}

    assert file_reports(entries, {SLOT: accepted(2, EARLY)}).events == ()


def history(slot: Slot, kinds: list[bool]) -> list[Report]:
    return [
        accepted(n, EARLY + timedelta(minutes=n), slot) if kind else withdrawn(n, LATE, slot)
        for n, kind in enumerate(kinds, start=1)
    ]


def deliver(batches: list[list[Report]], state: State) -> dict[Slot, Entry]:
    entries = {it: Entry(None, duty(it.unit, state)) for it in (SLOT, OTHER)}
    for batch in batches:
        changes = file_reports(entries, newest(batch))
        for slot, entry in entries.items():
            filing: Filing | None = changes.filings.get(slot, entry.filing)
            owed: Duty | None = changes.duties.get(slot, entry.duty)
            entries[slot] = Entry(filing, owed)
    return entries


kinds = st.lists(st.booleans(), min_size=1, max_size=5)


@given(kinds, kinds, st.sampled_from(State), st.data())
def test_filings_and_duties_ignore_order_and_repetition(
    first: list[bool], second: list[bool], state: State, data: st.DataObject
) -> None:
    """Any delivery, cut into any batches, ends where the newest revisions say."""
    reports = history(SLOT, first) + history(OTHER, second)
    repeats = data.draw(st.lists(st.sampled_from(reports), max_size=5))
    delivered = data.draw(st.permutations(reports + repeats))
    cut = data.draw(st.integers(0, len(delivered)))

    entries = deliver([delivered[:cut], delivered[cut:]], state)

    assert entries == deliver([[it] for it in reports], state)
    for slot, last in ((SLOT, first[-1]), (OTHER, second[-1])):
        owed = entries[slot].duty
        assert owed is not None
        assert owed.state is (State.MET if last else State.OPEN)
