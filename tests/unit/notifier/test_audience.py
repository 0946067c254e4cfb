"""Who is notified: contacts in office, of committees that demanded the report."""

from dataclasses import replace
from datetime import timedelta

from services.notifier.domain.audience import Recipient, audience_of, overdue_by_recipient
from services.notifier.domain.changes import applied
from services.notifier.domain.completeness import Completeness
from services.notifier.domain.duties import DutyState, Filing, SlotRecord
from services.notifier.domain.overdue import call_overdue
from shared.reference.reference_data import ReferenceData
from tests.builders.notifier import COMMITTEE, CONTACT, DUE_AT, duty

RECIPIENT = Recipient(COMMITTEE.key, CONTACT.email, "email")
NOW = DUE_AT + timedelta(minutes=1)
TODAY, DAY = DUE_AT.date(), timedelta(days=1)


def test_every_contact_of_a_demanding_committee_hears(reference: ReferenceData) -> None:
    """A unit below the committee's area, a form and period that it asked for."""
    audience = audience_of(replace(reference, committees=(COMMITTEE,)), ["email"])

    assert audience(duty(), TODAY) == [RECIPIENT]
    assert audience(replace(duty("00004.2"), province="01.2"), TODAY) == []  # a ward of Hà Nội
    assert audience(duty("forgotten"), TODAY) == [RECIPIENT]  # by a newer directory


def test_only_roles_of_the_day_hear(reference: ReferenceData) -> None:
    """Who left the committee is not written to; a committee that ended writes to nobody."""
    left = replace(CONTACT, email="old@example.vn", valid_to=TODAY - DAY)
    joins = replace(CONTACT, email="new@example.vn", valid_from=TODAY)
    dated = replace(COMMITTEE, contacts=(left, joins), valid_to=TODAY)
    audience = audience_of(replace(reference, committees=(dated,)), ["email"])

    assert [it.address for it in audience(duty(), TODAY - DAY)] == ["old@example.vn"]
    assert [it.address for it in audience(duty(), TODAY)] == ["new@example.vn"]
    assert audience(duty(), TODAY + DAY) == []


def test_only_what_is_overdue_is_addressed() -> None:
    """Met and excused duties are nobody's business."""
    due = [SlotRecord(None, duty("1.2")), SlotRecord(Filing(1, DUE_AT), duty("2.2"))]
    records = [
        *applied(due, call_overdue(due, Completeness(NOW))),
        SlotRecord(None, duty("3.2", DutyState.EXCUSED)),
    ]

    overdue = overdue_by_recipient(records, lambda _, __: [RECIPIENT], TODAY)

    assert overdue == {RECIPIENT: [(duty("1.2", DutyState.OVERDUE), 0)]}
