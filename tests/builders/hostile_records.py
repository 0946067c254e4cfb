"""Records as nobody should send them: golden messages with something wrong somewhere in them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord
from hypothesis import strategies as st

from shared.infra.kafka.records import Record
from shared.infra.kafka.subscription import Subscription
from tools.generate.files import examples
from tools.generate.flow import FLOW, SOURCE

Path: TypeAlias = tuple[str | int, ...]
Golden: TypeAlias = Mapping[str, Any]

TOKENS: tuple[bytes, ...] = (
    *(
        b'"\\u0000"',
        b'"a\\u0000b"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'""',
        b'"\\u202e"',
    ),
    *(b"null", b"true", b"[]", b"{}", b'{"a": {"b": 12.5}, "a": 1}', b"[[[[1.5]]]]"),
    *(b"12.5", b"1e400", b"-1e400", b"NaN", b"-Infinity", b"-0", b"-1", b"0", b"2.0"),
    *(b"2147483647", b"2147483648", b"9007199254740992", b"9007199254740993"),
    *(b"9223372036854775807", b"9223372036854775808", b"9" * 19, b"9" * 5000),
    *(b'"9999-12-31T23:59:59-12:00"', b'"9999-12-31T23:59:59Z"', b'"0001-01-01T00:00:00+14:00"'),
    *(b'"9999-12-31"', b'"0001-01-01"', b'"0000-00-00"', b"1e18", b"-62135600000"),
    *(b'"9999999999999.99"', b'"9999999999999.999999999"', b'"1,5"'),
    *(b'"' + b"x" * 40 + b'"', b"[" * 5000),
    # Not compressible, so that no index could take it in.
    b'"' + "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(3000)).encode() + b'"',
)
NOW = 1_760_494_448_391
TIMESTAMPS = (NOW, -1, 0, -62_200_000_000_000, 253_402_300_800_000, 2**63 - 1, -(2**63))
KEYS = (
    *(None, b"", b"\x00", b"\xff", b"unit/\x00", b"unit/13285.2", b"unit/" + b"x" * 3000),
    *(b"committee/\xff", b"committee/a\x00", b"calendar", b"calendar/x", b"revision", b"what/1"),
)


def golden_of(subscription: Subscription[Any]) -> Sequence[Golden]:
    """Return the golden messages of what a subscription reads."""
    golden = examples()
    for channel in FLOW:
        if channel.topic.name in subscription.topics or (
            subscription.pattern and channel.name == "submissions"
        ):
            return [golden[event.__name__] for event in channel.events]
    raise LookupError(f"no channel is read by {subscription.group}")


def topic_of(subscription: Subscription[Any]) -> str:
    """Return a topic that a subscription reads."""
    named = next(it.topic.name for it in FLOW if it.name == "submissions")
    return subscription.topics[0] if subscription.topics else named.replace(SOURCE, "ninh-binh")


def record(
    topic: str,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes | None]] = (),
    *,
    key: bytes | None = b"key",
    timestamp: int = NOW,
    place: tuple[int, int] = (0, 0),
) -> Record:
    """Return a record at a *place*: partition and offset."""
    partition, offset = place
    return ConsumerRecord(
        topic, partition, offset, timestamp, 0, key, value, None, 0, 0, tuple(headers)
    )


def bodies(golden: Golden, changes: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Return the body of a golden message with one or two things wrong."""
    body = golden["body"] | {it: changes[it] for it in changes if it in golden["body"]}
    whole = json.dumps(body).encode()
    wrong = st.tuples(st.sampled_from(list(paths_of(body))), st.sampled_from(TOKENS), st.booleans())
    return st.one_of(
        st.lists(wrong, min_size=1, max_size=2).map(lambda it: _spoilt(body, it)),
        st.tuples(st.integers(0, len(whole)), st.binary(max_size=4)).map(
            lambda it: whole[: it[0]] + it[1] + whole[it[0] + len(it[1]) :]
        ),
        st.binary(max_size=64),
    )


@st.composite
def hostile_records(
    draw: st.DrawFn,
    subscription: Subscription[Any],
    changes: Mapping[str, Any],
    place: tuple[int, int] = (0, 0),
) -> Record:
    """Return a record that is wrong in body, key, headers or time; or, by chance, right."""
    golden = draw(st.sampled_from(golden_of(subscription)))
    right = tuple((name, value.encode()) for name, value in golden["headers"].items())
    strange = st.tuples(st.text(max_size=9), st.one_of(st.none(), st.binary(max_size=9)))
    headers = st.one_of(st.just(right), st.lists(strange, max_size=3))
    return record(
        topic_of(subscription),
        draw(st.one_of(st.none(), bodies(golden, changes), bodies(golden, changes))),
        draw(st.one_of(st.just(right), st.just(right), headers)),
        key=draw(st.one_of(st.sampled_from(KEYS), st.binary(max_size=9))),
        timestamp=draw(st.one_of(st.just(NOW), st.sampled_from(TIMESTAMPS))),
        place=place,
    )


def with_token(golden: Golden, path: Path, token: bytes) -> bytes:
    """Return the body of a golden message with another token at a place."""
    return _spoilt(golden["body"], [(path, token, False)])


def places_for_fields(body: Mapping[str, Any]) -> Sequence[Path]:
    """Return the places of a document's objects that may get a field: itself and those within."""
    figures = ("figures", "qualifiers", "entered_in", "openings")  # there a field would be a figure
    return [(), *(it for it in paths_of(body) if _is_object(body, it) and it[0] not in figures)]


def paths_of(content: Any, here: Path = ()) -> Iterator[Path]:
    """Yield the place of everything within a document."""
    if here:
        yield here
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(content, dict | list):
        parts = content.items() if isinstance(content, dict) else enumerate(content)
    for part, inner in parts:
        yield from paths_of(inner, (*here, part))


def _is_object(body: Any, path: Path) -> bool:
    for part in path:
        body = body[part]
    return isinstance(body, dict)


def _spoilt(body: Mapping[str, Any], wrong: Sequence[tuple[Path, bytes, bool]]) -> bytes:
    """Write tokens into a document: at these places, or as unknown fields beside them."""
    document: Any = deepcopy(dict(body))
    for number, (path, _, beside) in enumerate(wrong):
        holder = document
        try:
            for part in path[:-1]:
                holder = holder[part]
            place = f"unknown_{number}" if beside and isinstance(holder, dict) else path[-1]
            holder[place] = f"@{number}@"
        except (KeyError, IndexError, TypeError):
            continue  # the change before has taken the place away
    text = json.dumps(document).encode()
    for number, (_, token, _) in enumerate(wrong):
        text = text.replace(f'"@{number}@"'.encode(), token)
    return text
