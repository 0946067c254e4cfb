"""A scan accuses nobody wrongly, and tells nobody twice."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.duties import Changes, Duty, Entry, Filing, State, after
from services.notifier.domain.scan import (
    STAGE_OVERDUE,
    Desk,
    Item,
    NewNotice,
    Plan,
    Recipient,
    address,
    audience,
    decide,
    plan,
)
from shared.contracts.duties import DutyBecameOverdue, DutyMet
from shared.reference.reference_data import ReferenceData
from tests.unit.notifier.samples import COMMITTEE, CONTACT, DUE_AT, SLOT, duty

RECIPIENT = Recipient(COMMITTEE.key, CONTACT.email, "email")
NOW = DUE_AT + timedelta(minutes=1)
OVERDUE = duty(state=State.OVERDUE)
MINUTE = timedelta(minutes=1)
TODAY, DAY = DUE_AT.date(), timedelta(days=1)

instants = st.integers(-600, 600).map(lambda minutes: DUE_AT + minutes * MINUTE)
filings = st.none() | st.builds(Filing, st.integers(1, 9), st.none() | instants)


@given(st.lists(st.tuples(instants, filings), max_size=8), instants)
def test_nobody_with_a_standing_report_is_accused(
    cases: list[tuple[datetime, Filing | None]], as_of: datetime
) -> None:
    """Overdue means: due before what we know, and nothing stands, in time or not."""
    due = [Entry(filing, duty(f"{n}.2", due_at=due_at)) for n, (due_at, filing) in enumerate(cases)]

    changes = decide(due, as_of)

    accused = {it.unit for it in changes.events if isinstance(it, DutyBecameOverdue)}
    expected = {
        f"{n}.2"
        for n, (due_at, filing) in enumerate(cases)
        if due_at < as_of and (filing is None or filing.withdrawn)
    }
    assert accused == expected
    assert {s.unit for s, it in changes.duties.items() if it.state is State.OVERDUE} == expected


def test_report_that_slipped_past_meets_the_duty() -> None:
    """Whatever left the duty open, a scan that finds the report makes it good."""
    (event,) = decide([Entry(Filing(1, DUE_AT - MINUTE), duty())], NOW).events

    assert isinstance(event, DutyMet)
    assert event.on_time


def test_duty_is_not_overdue_at_its_due_instant() -> None:
    """Everything before the horizon is known; what arrives at it is not."""
    assert decide([Entry(None, duty())], DUE_AT) == Changes()


def test_every_contact_of_a_demanding_committee_hears(reference: ReferenceData) -> None:
    """A unit below the committee's area, a form and period that it asked for."""
    of = audience([COMMITTEE], reference.directory, ["email"])

    assert of(duty(), TODAY) == [RECIPIENT]
    assert of(replace(duty("00004.2"), province="01.2"), TODAY) == []  # a ward of Hà Nội
    assert of(duty("forgotten"), TODAY) == [RECIPIENT]  # by a newer directory


def test_only_roles_of_the_day_hear(reference: ReferenceData) -> None:
    """Who left the committee is not written to; a committee that ended writes to nobody."""
    left = replace(CONTACT, email="old@example.vn", valid_to=TODAY - DAY)
    joins = replace(CONTACT, email="new@example.vn", valid_from=TODAY)
    dated = replace(COMMITTEE, contacts=(left, joins), valid_to=TODAY)
    of = audience([dated], reference.directory, ["email"])

    assert [it.address for it in of(duty(), TODAY - DAY)] == ["old@example.vn"]
    assert [it.address for it in of(duty(), TODAY)] == ["new@example.vn"]
    assert of(duty(), TODAY + DAY) == []


def test_first_item_begins_a_notice() -> None:
    """Its identity follows from recipient and first item, so a second plan cannot double it."""
    first = planned([(OVERDUE, 0)])

    assert first == planned([(OVERDUE, 0)])
    assert [it.send_after for it in first.notices] == [NOW]
    assert [it.slot for it in first.items] == [SLOT]


def test_told_items_are_not_told_again() -> None:
    """The second accusation of one unit in one stage is none."""
    told = {(SLOT, RECIPIENT.address, RECIPIENT.channel)}

    assert plan({RECIPIENT: [(OVERDUE, 0)]}, told, {}, NOW) == Plan()


def test_new_items_join_the_digest_that_still_collects() -> None:
    """One message an hour, however units trickle in."""
    desks = {RECIPIENT: Desk(collecting="n1", last_sent_at=NOW)}

    made = plan({RECIPIENT: [(OVERDUE, 0)]}, set(), desks, NOW)

    assert made == Plan((), (Item("n1", SLOT, DUE_AT, STAGE_OVERDUE, RECIPIENT),))


def test_next_digest_waits_an_hour_after_the_last() -> None:
    """A committee must not get a letter for every unit."""
    desks = {RECIPIENT: Desk(last_sent_at=NOW - timedelta(minutes=20))}

    (notice,) = plan({RECIPIENT: [(OVERDUE, 0)]}, set(), desks, NOW).notices

    assert notice.send_after == NOW + timedelta(minutes=40)


def test_unit_overdue_again_after_a_withdrawal_gets_another_notice() -> None:
    """The first one may have been called off; its identity must not stand in the way."""
    first, again = planned([(OVERDUE, 0)]), planned([(OVERDUE, 2)])

    assert first.notices[0].notice_id != again.notices[0].notice_id


def test_unit_overdue_again_after_an_excuse_gets_another_notice() -> None:
    """The same holds when the directory was corrected there and back."""
    first, again = planned([(OVERDUE, 0)]), planned([(replace(OVERDUE, turn=1), 0)])

    assert first.notices[0].notice_id != again.notices[0].notice_id


def test_only_what_is_overdue_is_addressed() -> None:
    """Met and excused duties are nobody's business."""
    due = [Entry(None, duty("1.2")), Entry(Filing(1, DUE_AT), duty("2.2"))]
    standing = [*after(due, decide(due, NOW)), Entry(None, duty("3.2", State.EXCUSED))]

    addressed = address(standing, lambda _, __: [RECIPIENT], TODAY)

    assert addressed == {RECIPIENT: [(duty("1.2", State.OVERDUE), 0)]}


def planned(duties: list[tuple[Duty, int]]) -> Plan:
    made = plan({RECIPIENT: duties}, set(), {}, NOW)
    assert all(isinstance(it, NewNotice) for it in made.notices)
    return made
