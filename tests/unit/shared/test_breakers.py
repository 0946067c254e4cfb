"""A breaker counts unreadable records within a time, opens, and closes."""

from datetime import UTC, datetime, timedelta

from shared.infra.kafka.breakers import (
    OPENINGS_COUNTED_MAX,
    PAUSE_MAX,
    PAUSE_MIN,
    UNREADABLE_MAX,
    WINDOW,
    Breaker,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def tolerated(breaker: Breaker, now: datetime, *, closes_itself: bool = True) -> int:
    """Count the unreadable records until the breaker opens."""
    assert breaker.lets_through(now)
    count = 0
    while breaker.tolerates(now, closes_itself=closes_itself):
        count += 1
    assert not breaker.lets_through(now)
    return count


def test_it_opens_within_the_window() -> None:
    assert tolerated(Breaker(), NOW) == UNREADABLE_MAX


def test_what_lies_weeks_apart_never_opens_it() -> None:
    """Safety finding 11: the directory's topic is quiet, and all three services had stopped."""
    breaker = Breaker()
    for week in range(100):
        now = NOW + timedelta(weeks=week)
        assert breaker.lets_through(now)
        assert breaker.tolerates(now, closes_itself=False)


def test_it_closes_by_itself_after_a_pause_that_grows() -> None:
    breaker, now, pauses, counts = Breaker(), NOW, [], []
    for _ in range(8):
        counts.append(tolerated(breaker, now))
        assert breaker.closes_at is not None
        pauses.append(breaker.closes_at - now)
        assert not breaker.lets_through(breaker.closes_at - timedelta(seconds=1))
        now = breaker.closes_at

    assert pauses[:3] == [PAUSE_MIN, 2 * PAUSE_MIN, 4 * PAUSE_MIN]
    assert pauses[-1] == PAUSE_MAX
    assert counts == [20, 40, 80, 160, 320, 640, 1280, 1280]


def test_a_thousand_take_a_quarter_of_an_hour_and_nobody() -> None:
    """Safety finding 7: they took fifty resets by hand."""
    breaker, now, count = Breaker(), NOW, 0
    while (count := count + tolerated(breaker, now)) < 1000:
        assert breaker.closes_at is not None
        now = breaker.closes_at

    assert now - NOW < timedelta(minutes=16)


def test_a_quiet_window_makes_it_forget_its_openings() -> None:
    breaker = Breaker()
    tolerated(breaker, NOW)
    closes_at = breaker.closes_at or NOW
    assert breaker.lets_through(closes_at)

    assert tolerated(breaker, closes_at + WINDOW + timedelta(seconds=1)) == UNREADABLE_MAX


def test_on_our_own_topics_it_waits_for_an_operator() -> None:
    breaker = Breaker()
    tolerated(breaker, NOW, closes_itself=False)

    assert not breaker.lets_through(NOW + timedelta(days=365))


def test_an_operator_who_has_looked_lets_more_than_a_thousand_pass() -> None:
    assert tolerated(Breaker(openings=OPENINGS_COUNTED_MAX), NOW, closes_itself=False) > 1000
