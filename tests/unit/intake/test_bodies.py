"""HTTP bodies: limits, and items cut out byte for byte."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.entry.bodies import (
    BODY_BYTES_MAX_IN_ALL,
    BodyRefused,
    document_of,
    is_array,
    items_of,
    read_body,
)

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
    """Reading stops at the chunk that goes too far."""
    taken = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b" " * 1_048_576

    with pytest.raises(BodyRefused, match="too_large_in_all"):
        await read_body(chunks())

    assert taken == BODY_BYTES_MAX_IN_ALL // 1_048_576 + 1
