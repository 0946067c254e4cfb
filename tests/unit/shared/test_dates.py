"""Spans of days: both ends belong to them, and either may be open."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from shared.reference.dates import DAY, DateSpan

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 12).map(lambda number: FIRST + number * DAY)
SPANS = (
    st.tuples(st.none() | DAYS, st.none() | DAYS)
    .map(lambda ends: DateSpan(*ends))
    .filter(lambda span: span.begin <= span.end)
)
EVERY_DAY = [date.min, *(FIRST + number * DAY for number in range(-1, 14)), date.max]


def days(span: DateSpan) -> set[date]:
    """Return the days of a span, one by one, as a naive reader would find them."""
    return {
        day
        for day in EVERY_DAY
        if not (span.first is not None and day < span.first)
        and not (span.last is not None and day > span.last)
    }


@given(SPANS, st.sampled_from(EVERY_DAY))
def test_a_span_contains_its_first_and_its_last_day(span: DateSpan, day: date) -> None:
    """A unit that ends on 30/06 still owes the report of that day."""
    assert span.contains(day) == (day in days(span))


@given(SPANS, SPANS)
def test_spans_overlap_when_they_share_a_day(one: DateSpan, other: DateSpan) -> None:
    """Two rules of one day would give one report two due instants."""
    assert one.overlaps(other) == other.overlaps(one) == bool(days(one) & days(other))
