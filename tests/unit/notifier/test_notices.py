"""Nobody is notified twice, and one message an hour is enough."""

from dataclasses import replace
from datetime import timedelta

from services.notifier.domain.audience import OverdueDuty, Recipient
from services.notifier.domain.duties import DutyState
from services.notifier.domain.notices import (
    DigestPlan,
    NamedKey,
    NewNotice,
    NoticeItem,
    NoticeStage,
    PendingDigest,
    plan_digests,
)
from tests.builders.notifier import COMMITTEE, CONTACT, DUE_AT, SLOT, duty

RECIPIENT = Recipient(COMMITTEE.key, CONTACT.email, "email")
NOW = DUE_AT + timedelta(minutes=1)
STAGE = NoticeStage.OVERDUE
OVERDUE = duty(state=DutyState.OVERDUE)
NEVER_FILED = OverdueDuty(OVERDUE, 0)


def test_first_item_begins_a_notice() -> None:
    """Its identity follows from recipient and first item, so a second plan cannot double it."""
    first = planned([NEVER_FILED])

    assert first == planned([NEVER_FILED])
    assert [it.send_after for it in first.notices] == [NOW]
    assert [it.slot for it in first.items] == [SLOT]


def test_told_items_are_not_told_again() -> None:
    """The second accusation of one unit in one stage is none."""
    named = {NamedKey(SLOT, RECIPIENT.address, RECIPIENT.channel)}

    assert plan_digests(STAGE, {RECIPIENT: [NEVER_FILED]}, named, {}, NOW) == DigestPlan()


def test_new_items_join_the_digest_that_still_collects() -> None:
    """One message an hour, however units trickle in."""
    pending = {RECIPIENT: PendingDigest(notice_id="n1", last_sent_at=NOW)}

    made = plan_digests(STAGE, {RECIPIENT: [NEVER_FILED]}, set(), pending, NOW)

    assert made == DigestPlan((), (NoticeItem("n1", SLOT, DUE_AT, STAGE, RECIPIENT),))


def test_failed_notice_is_tried_again_when_a_new_item_joins_it() -> None:
    """In the hour that it is due, and not at its distant attempt; so one mail names all."""
    sent_at = NOW - timedelta(minutes=20)
    pending = {RECIPIENT: PendingDigest("n1", last_sent_at=sent_at, failed=True, earlier=1)}

    made = plan_digests(STAGE, {RECIPIENT: [NEVER_FILED]}, set(), pending, NOW)

    assert made.notices == (NewNotice("n1", RECIPIENT, sent_at + timedelta(hours=1)),)
    assert [it.notice_id for it in made.items] == ["n1"]


def test_no_notice_has_the_id_of_an_earlier_one() -> None:
    """A cancelled one may have arrived: under its Message-ID a mail program would hide the new."""
    ids = {
        plan_digests(STAGE, {RECIPIENT: [NEVER_FILED]}, set(), {RECIPIENT: it}, NOW).notices
        for it in (PendingDigest(earlier=number) for number in range(3))
    }

    assert len(ids) == 3


def test_next_digest_waits_an_hour_after_the_last() -> None:
    """A committee must not get a mail for every unit."""
    pending = {RECIPIENT: PendingDigest(last_sent_at=NOW - timedelta(minutes=20))}

    (notice,) = plan_digests(STAGE, {RECIPIENT: [NEVER_FILED]}, set(), pending, NOW).notices

    assert notice.send_after == NOW + timedelta(minutes=40)


def test_unit_overdue_again_after_a_withdrawal_gets_another_notice() -> None:
    """The first one may have been called off; its identity must not stand in the way."""
    first, again = planned([NEVER_FILED]), planned([OverdueDuty(OVERDUE, 2)])

    assert first.notices[0].notice_id != again.notices[0].notice_id


def test_unit_overdue_again_after_an_excuse_gets_another_notice() -> None:
    """The same holds when the directory was corrected there and back."""
    first, again = (
        planned([NEVER_FILED]),
        planned([OverdueDuty(replace(OVERDUE, incarnation=1), 0)]),
    )

    assert first.notices[0].notice_id != again.notices[0].notice_id


def planned(duties: list[OverdueDuty]) -> DigestPlan:
    made = plan_digests(STAGE, {RECIPIENT: duties}, set(), {}, NOW)
    assert all(isinstance(it, NewNotice) for it in made.notices)
    return made
