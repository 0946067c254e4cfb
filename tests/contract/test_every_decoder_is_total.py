"""
Whatever lies on a topic becomes a message or a Poison: an exception would stop the partition.

The decoders are those of the subscriptions of the services as they are wired, so that a new one is
tried out too.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.infra.kafka.records import Poison, Record, appended_at
from shared.infra.kafka.subscription import Subscription
from tests.architecture.services import subscriptions
from tests.builders.hostile_records import (
    TIMESTAMPS,
    golden_of,
    hostile_records,
    places_for_fields,
    record,
    topic_of,
    with_token,
)

SUBSCRIPTIONS: Sequence[Any] = [
    pytest.param(it, id=f"{service}-{it.stream}")
    for service, its in subscriptions().items()
    for it in its
]
OF_OUR_OWN = [it for it in SUBSCRIPTIONS if it.values[0].pattern is None]
UNKNOWN = [
    *(b"12.5", b"-0", b"1e300", b"9" * 19, b"null", b"true", b"[[[1.5]]]", b'"a\\u0000b"'),
    b'{"a": {"b": 12.5}, "a": [0.1, 1e-9]}',
]
"""What JSON allows, and our own submissions do not."""


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_decoder_never_raises(subscription: Subscription[Any], data: st.DataObject) -> None:
    """Any bytes, headers, keys and timestamps; and what is kept of a dead letter exists too."""
    found = data.draw(hostile_records(subscription, {}))

    subscription.decode(found)

    assert appended_at(found).utcoffset() is not None


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_any_time_of_a_golden_message_is_read(
    subscription: Subscription[Any], timestamp: int
) -> None:
    """A producer may write any CreateTime; only a submission's time means something to us."""
    for golden in golden_of(subscription):
        headers = [(name, value.encode()) for name, value in golden["headers"].items()]
        whole = with_token(golden, ("unknown",), b"1")

        found = subscription.decode(
            record(topic_of(subscription), whole, headers, timestamp=timestamp)
        )

        if subscription.pattern is None:
            assert not isinstance(found, Poison)
        else:
            impossible = not 0 <= timestamp < 253_000_000_000_000
            assert isinstance(found, Poison) is impossible


@pytest.mark.parametrize("subscription", OF_OUR_OWN)
@pytest.mark.parametrize("token", UNKNOWN)
def test_unknown_fields_of_our_own_topics_are_ignored(
    subscription: Subscription[Any], token: bytes
) -> None:
    """The next release may add what it likes: at the top, and within what we know."""
    for golden in golden_of(subscription):
        headers = [(name, value.encode()) for name, value in golden["headers"].items()]
        for place in places_for_fields(golden["body"]):
            body = with_token(golden, (*place, "area_km2"), token)

            found = subscription.decode(record(topic_of(subscription), body, headers))

            assert not isinstance(found, Poison), (golden["headers"]["ce_type"], place)


def test_a_decoder_that_raises_after_all_stops_nothing() -> None:
    """Plant: the guard stands around every decoder, so that none can be forgotten."""

    def faulty(_: Record) -> NoReturn:
        raise TypeError("Object of type RefusedToken is not JSON serializable")

    for subscription in (it.values[0] for it in SUBSCRIPTIONS):
        assert isinstance(subscription, Subscription)
        planted = replace(subscription, decode=faulty)

        assert planted.read(record("any", b"{}")) == Poison("decoder_failed")
