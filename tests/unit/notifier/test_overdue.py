"""Nobody is called overdue whose report counts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.changes import DutyChanges
from services.notifier.domain.completeness import Completeness, HeldUnit, held_by_unit
from services.notifier.domain.duties import DutyState, Filing, SlotRecord
from services.notifier.domain.overdue import call_overdue
from shared.contracts.duties import DutyBecameOverdue, DutyMet, HeldUnits, IntakeCaughtUp
from tests.builders.notifier import DUE_AT, duty

MINUTE = timedelta(minutes=1)
NOW = DUE_AT + MINUTE

instants = st.integers(-600, 600).map(lambda minutes: DUE_AT + minutes * MINUTE)
filings = st.none() | st.builds(Filing, st.integers(1, 9), st.none() | instants)


@given(st.lists(st.tuples(instants, filings), max_size=8), instants)
def test_nobody_with_a_counting_report_is_called_overdue(
    cases: list[tuple[datetime, Filing | None]], as_of: datetime
) -> None:
    """Overdue means: due before the horizon, and no report counts, in time or not."""
    due = [
        SlotRecord(filing, duty(f"{n}.2", due_at=due_at))
        for n, (due_at, filing) in enumerate(cases)
    ]

    changes = call_overdue(due, Completeness(as_of))

    accused = {it.unit for it in changes.events if isinstance(it, DutyBecameOverdue)}
    expected = {
        f"{n}.2"
        for n, (due_at, filing) in enumerate(cases)
        if due_at < as_of and (filing is None or filing.withdrawn)
    }
    assert accused == expected
    assert {s.unit for s, it in changes.duties.items() if it.state is DutyState.OVERDUE} == expected


def test_report_that_slipped_past_meets_the_duty() -> None:
    """Whatever left the duty open, a scan that finds the report makes it good."""
    filed = SlotRecord(Filing(1, DUE_AT - MINUTE), duty())

    (event,) = call_overdue([filed], Completeness(NOW)).events

    assert isinstance(event, DutyMet)
    assert event.on_time


def test_duty_is_not_overdue_at_its_due_instant() -> None:
    """Everything before the horizon is known; what arrives at it is not."""
    assert call_overdue([SlotRecord(None, duty())], Completeness(DUE_AT)) == DutyChanges()


@pytest.mark.parametrize(
    ("since", "judged"),
    [(DUE_AT - MINUTE, False), (DUE_AT, True), (DUE_AT + MINUTE, True)],
)
def test_unit_that_is_held_is_judged_by_what_was_received_before(
    since: datetime, judged: bool
) -> None:
    """Of what it sent before that instant everything is judged; of the rest perhaps not."""
    held = {duty().slot.unit: HeldUnit("demo", since)}

    changes = call_overdue([SlotRecord(None, duty())], Completeness(NOW, held))

    assert bool(changes.duties) is judged


def test_unit_in_two_groups_is_held_from_the_earlier_instant_on() -> None:
    """Two sources may report for one unit."""
    groups = [
        HeldUnits(source=source, units=("37.2",), since=since)
        for source, since in (("a", DUE_AT), ("b", DUE_AT - MINUTE), ("c", NOW))
    ]
    event = IntakeCaughtUp(event_id="w", occurred_at=NOW, watermark=NOW, held=tuple(groups))

    assert held_by_unit(event) == {"37.2": HeldUnit("b", DUE_AT - MINUTE)}
