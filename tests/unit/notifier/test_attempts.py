"""A notice is tried for as long as somebody is overdue, and its failing is visible."""

from datetime import timedelta
from itertools import accumulate, product

import pytest

from services.notifier.domain.attempts import (
    INITIAL_STATE,
    TRANSITIONS,
    UNSENT,
    DeliveryStatus,
    NoticeState,
    NoticeTrigger,
    after_attempt,
)

NOT_TAKEN = (DeliveryStatus.PUT_OFF, DeliveryStatus.REFUSED, DeliveryStatus.DOUBTFUL)
ATTEMPTS = range(1, 40)


@pytest.mark.parametrize("status", NOT_TAKEN)
def test_notice_fails_visibly_after_four_hours(status: DeliveryStatus) -> None:
    """A 5xx like a 4xx: 1, 5, 15 minutes first, and an operator is told after four hours."""
    following = [after_attempt(NoticeState.PLANNED, status, it) for it in ATTEMPTS]

    soon = [it.retry_delay for it in following if it.state is NoticeState.PLANNED]
    assert [it.total_seconds() / 60 for it in soon[:3]] == [1, 5, 15]
    assert timedelta(hours=3, minutes=45) < sum(soon, timedelta()) <= timedelta(hours=4)
    assert {it.state for it in following[len(soon) :]} == {NoticeState.FAILED}


@pytest.mark.parametrize("status", NOT_TAKEN)
def test_failed_notice_is_tried_at_growing_distance_and_at_least_daily(
    status: DeliveryStatus,
) -> None:
    """For ever: the end of trying is that nobody is overdue, not a number."""
    delays = [after_attempt(NoticeState.FAILED, status, it).retry_delay for it in ATTEMPTS]

    assert list(accumulate(delays, max)) == delays
    assert all(timedelta() < it <= timedelta(days=1) for it in delays)
    assert set(delays[15:]) == {timedelta(days=1)}


def test_failed_notice_stays_failed_until_it_is_sent() -> None:
    """Else the complaint would end with every new plan and come again after four hours."""
    for status, attempt in product(DeliveryStatus, ATTEMPTS):
        following = after_attempt(NoticeState.FAILED, status, attempt).state

        sent = status is DeliveryStatus.TAKEN
        assert following is (NoticeState.SENT if sent else NoticeState.FAILED)


@pytest.mark.parametrize("state", UNSENT)
def test_impossible_notice_fails_at_once_and_is_looked_at_daily(state: NoticeState) -> None:
    """A corrected directory or the next release may make it possible."""
    following = after_attempt(state, DeliveryStatus.IMPOSSIBLE, 1)

    assert (following.state, following.retry_delay) == (NoticeState.FAILED, timedelta(days=1))


def test_notice_ends_as_sent_or_with_nothing_to_say() -> None:
    """Every state is reached, and from every other one both ends are."""
    leads_on = {state for state, _ in TRANSITIONS}
    reached = {INITIAL_STATE, *TRANSITIONS.values()}

    assert reached == set(NoticeState)
    assert leads_on == set(UNSENT) == set(NoticeState) - {NoticeState.SENT, NoticeState.CANCELLED}
    assert {trigger for _, trigger in TRANSITIONS} == set(NoticeTrigger)
    for state in UNSENT:
        assert TRANSITIONS[state, NoticeTrigger.TAKEN] is NoticeState.SENT
        assert TRANSITIONS[state, NoticeTrigger.NOTHING_TO_SAY] is NoticeState.CANCELLED
