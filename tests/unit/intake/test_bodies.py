"""HTTP bodies: limits, and items cut out byte for byte."""

import json
import time
import tracemalloc

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from services.intake.entry.bodies import (
    BODY_BYTES_MAX_IN_ALL,
    ITEM_USUAL,
    BodyRefused,
    document_of,
    is_array,
    items_of,
    read_body,
)
from shared.contracts.strict_json import BODY_BYTES_MAX

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=3), it, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, min_size=1, max_size=5), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_items_are_cut_where_they_end(
    items: list[object], indent: int | str | None, ascii_only: bool
) -> None:
    """Each item is judged, hashed and kept exactly as it was sent."""
    body = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")

    assert is_array(body)
    assert [json.loads(it) for it in items_of(body)] == json.loads(body)


def test_tokens_that_are_refused_later_do_not_spoil_their_neighbours() -> None:
    """An item with NaN gets its own finding; the rest of the array is taken."""
    items = items_of(b'[{"a": NaN}, {"a": 1e400}, {"a": ' + b"9" * 5000 + b'}, {"a": 1, "a": 2}]')

    assert [it[:7] for it in items] == [b'{"a": N', b'{"a": 1', b'{"a": 9', b'{"a": 1']


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[]", 400, "empty"),
        (b"[1,]", 400, "not_json"),
        (b"[1 2]", 400, "not_json"),
        (b"[1] x", 400, "not_json"),
        (b"[1", 400, "not_json"),
        (b"[", 400, "not_json"),
        (b'["\xff"]', 400, "not_utf8"),
        (b"[" * 100_000, 400, "too_deep"),
        (b"[" + b"1," * 1000 + b"1]", 413, "too_many_items"),
    ],
)
def test_array_that_is_none_is_refused(body: bytes, status: int, code: str) -> None:
    """As a whole, since nobody can say where its items are."""
    with pytest.raises(BodyRefused) as refusal:
        items_of(body)

    assert (refusal.value.status, refusal.value.code) == (status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "not_json"),
        (b'"a"', 400, "not_an_object"),
        (b'{"a": "' + b"x" * 1_048_576 + b'"}', 413, "too_large"),
    ],
)
def test_document_that_is_none_is_refused(body: bytes, status: int, code: str) -> None:
    """With 413 for size and 400 for the rest."""
    with pytest.raises(BodyRefused) as refusal:
        document_of(body)

    assert (refusal.value.status, refusal.value.code) == (status, code)


async def test_body_beyond_the_limit_is_not_held_in_memory() -> None:
    """It is dropped as it comes, so that its sender still reads the answer."""
    sender = Sender(megabytes=64)

    tracemalloc.start()
    with pytest.raises(BodyRefused, match="too_large_in_all"):
        await read_body(sender.request())
    _, held_max = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sender.taken == 64
    assert held_max < 2 * BODY_BYTES_MAX_IN_ALL


async def test_who_asks_first_is_refused_before_the_first_byte() -> None:
    """``Expect: 100-continue`` spares both sides the transfer."""
    sender = Sender(megabytes=64)
    length = str(BODY_BYTES_MAX_IN_ALL + 1).encode()

    with pytest.raises(BodyRefused, match="too_large_in_all"):
        await read_body(sender.request((b"content-length", length), (b"expect", b"100-continue")))

    assert sender.taken == 0


@pytest.mark.parametrize("size", [ITEM_USUAL - 3, ITEM_USUAL, ITEM_USUAL + 3, BODY_BYTES_MAX - 2])
@pytest.mark.parametrize(("before", "after"), [(b'"', b'"'), (b"1", b"1"), (b"[", b"]")])
def test_items_around_the_window_are_cut_where_they_end(
    size: int, before: bytes, after: bytes
) -> None:
    """A number that is cut off is a number too, a string or a list is not."""
    item = before + (b"1" if before != b"[" else b" ") * size + after

    assert items_of(b"[" + item + b", 7]") == [item, b"7"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" + b"0," * 8_000_000 + b"0]", 413, "too_many_items"),
        (b"[[" + b"0," * 8_000_000 + b"0]]", 413, "too_large"),
        (b'["' + b"x" * 8_000_000 + b'"]', 413, "too_large"),
        (b"[" + b"9" * 8_000_000 + b"]", 413, "too_large"),
        (b"[{bad}," + b" " * 8_000_000 + b"1]", 400, "not_json"),
        (b"[[" + b"0," * 100_000 + b"bad," + b"0," * 4_000_000 + b"0]]", 413, "too_large"),
    ],
)
def test_an_array_is_read_no_further_than_what_can_be_taken(
    body: bytes, status: int, code: str
) -> None:
    """Cutting eight million items to count them took a thousand times longer."""
    begun = time.process_time()
    with pytest.raises(BodyRefused) as refusal:
        items_of(body)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert time.process_time() - begun < 0.25


class Sender:
    """Sends spaces, a megabyte at a time."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self.taken = 0

    def request(self, *headers: tuple[bytes, bytes]) -> Request:
        """Return a request with this body and these headers."""
        scope = {"type": "http", "method": "POST", "headers": list(headers)}
        return Request(scope, self._receive)

    async def _receive(self) -> dict[str, object]:
        self.taken += 1
        more = self.taken < self._megabytes
        return {"type": "http.request", "body": b" " * 1_048_576, "more_body": more}
