"""A message is tried for about four hours, and the end of trying is visible."""

from datetime import timedelta

import pytest

from services.notifier.domain.attempts import Ending, NoticeState, after


def test_retries_span_just_under_four_hours() -> None:
    """1, 5, 15 minutes first; the last attempt's failure is final."""
    pauses = []
    attempt = 1
    while (sequel := after(Ending.PUT_OFF, attempt)).state is NoticeState.PLANNED:
        pauses.append(sequel.pause)
        attempt += 1

    assert [it.total_seconds() / 60 for it in pauses[:3]] == [1, 5, 15]
    assert timedelta(hours=3, minutes=45) < sum(pauses, timedelta()) <= timedelta(hours=4)
    assert sequel.state is NoticeState.FAILED


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (Ending.TAKEN, NoticeState.SENT),
        (Ending.REFUSED, NoticeState.FAILED),
        (Ending.DOUBTFUL, NoticeState.PLANNED),
    ],
)
def test_first_attempt(ending: Ending, state: NoticeState) -> None:
    """A refusal is final at once; a doubtful end is tried again, at worst a repetition."""
    assert after(ending, 1).state is state
