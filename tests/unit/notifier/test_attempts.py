"""A message is tried for about four hours, and the end of trying is visible."""

from datetime import timedelta

import pytest

from services.notifier.domain.attempts import DeliveryStatus, NoticeState, after_attempt


def test_retries_span_just_under_four_hours() -> None:
    """1, 5, 15 minutes first; the last attempt's failure is final."""
    delays = []
    attempt = 1
    while (
        following := after_attempt(DeliveryStatus.PUT_OFF, attempt)
    ).state is NoticeState.PLANNED:
        delays.append(following.retry_delay)
        attempt += 1

    assert [it.total_seconds() / 60 for it in delays[:3]] == [1, 5, 15]
    assert timedelta(hours=3, minutes=45) < sum(delays, timedelta()) <= timedelta(hours=4)
    assert following.state is NoticeState.FAILED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (DeliveryStatus.TAKEN, NoticeState.SENT),
        (DeliveryStatus.REFUSED, NoticeState.FAILED),
        (DeliveryStatus.DOUBTFUL, NoticeState.PLANNED),
    ],
)
def test_first_attempt(status: DeliveryStatus, state: NoticeState) -> None:
    """A refusal is final at once; a doubtful end is tried again, at worst a repetition."""
    assert after_attempt(status, 1).state is state
