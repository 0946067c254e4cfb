"""
The table of the flow says what the services do: who decodes which event, who publishes what.

The reading side is tried out: each service is wired as it runs, and its own decoders are handed
the golden message of every event. The writing side is read from the sources.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.event import Event
from shared.infra.kafka.broker import Poison, Record
from shared.infra.kafka.consumer import ConsumerSupervisor
from tests.architecture.services import built_services
from tools.generate.events import event_classes
from tools.generate.files import ROOT, examples
from tools.generate.flow import AGGREGATOR, FLOW, NOTIFIER, SERVICES, SOURCE, Channel

DEAD_LETTERS = "dead_letters"
CHANNEL_OF_NAME = {
    "DIRECTORY": "directory",
    "REPORTS": "reports",
    "TOTALS": "totals",
    "DUTIES": "duties",
    "WATERMARKS": "watermarks",
    "DEAD_LETTERS": DEAD_LETTERS,
    "SUBMISSIONS_PATTERN": "submissions",
    "submissions_topic": "submissions",
    "source_of": "submissions",
    "receipts_topic": "receipts",
}
"""What the names of shared/contracts/topics.py stand for in the table."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one reader of a service subscribes to, and how it decodes."""

    topics: tuple[str, ...]
    pattern: str | None
    decode: Callable[[Record], object]

    def takes(self, channel: Channel, event: type[Event]) -> bool:
        """Tell whether a message of the event on the channel reaches the service as a fact."""
        topic = channel.topic.name.replace(SOURCE, "ninh-binh")
        matched = self.pattern and re.fullmatch(self.pattern.replace(SOURCE, "[^.]+"), topic)
        if topic not in self.topics and not matched:
            return False
        return not isinstance(self.decode(_golden_record(topic, event)), Poison)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the sources of one service name: topics, and events that they make."""

    channels: frozenset[str]
    events: frozenset[str]


@pytest.fixture(scope="module")
def subscriptions() -> Mapping[str, Sequence[Subscription]]:
    """Wire each service as its ``__main__`` does; nothing is connected."""
    return {
        service: [
            Subscription(it.subscription.topics, it.subscription.pattern, it.subscription.decode)
            for it in (*vars(parts).values(), parts.follower.reader)
            if isinstance(it, ConsumerSupervisor)
        ]
        for service, parts in built_services().items()
    }


@pytest.fixture(scope="module")
def sources() -> Mapping[str, Sources]:
    """Read the sources of each service."""
    return {it: _sources(ROOT / "services" / it) for it in SERVICES}


def test_services_read_what_the_table_says(
    subscriptions: Mapping[str, Sequence[Subscription]],
) -> None:
    """An event nobody decodes is lost without a word; a reader nobody knows of is a coupling."""
    assert list(_differences_in_reading(FLOW, subscriptions)) == []


def test_services_publish_what_the_table_says(sources: Mapping[str, Sources]) -> None:
    """Every event that a service makes is in its row, and so is every topic that it names."""
    assert list(_differences_in_writing(FLOW, sources)) == []


def test_every_channel_has_two_ends() -> None:
    """An event without a reader is noise, one without a writer is a wish."""
    assert [it.name for it in FLOW if not it.readers or not it.writers] == []


def test_a_decoder_that_forgets_an_event_is_caught(
    subscriptions: Mapping[str, Sequence[Subscription]],
) -> None:
    """Plant: the aggregator takes withdrawals for strangers, so they would stay in the totals."""
    reader, *others = subscriptions[AGGREGATOR]

    def forgetful(record: Record) -> object:
        if b"qcdc.ReportWithdrawn.v1" in dict(record.headers).values():
            return Poison("unknown_type")
        return reader.decode(record)

    planted = {**subscriptions, AGGREGATOR: [replace(reader, decode=forgetful), *others]}

    assert list(_differences_in_reading(FLOW, planted)) == [
        "aggregator should read ReportWithdrawn from reports"
    ]


def test_a_reader_that_the_table_leaves_out_is_caught(
    subscriptions: Mapping[str, Sequence[Subscription]],
) -> None:
    """Plant: the table forgets that the notifier waits for watermarks."""
    planted = _with(FLOW, "watermarks", readers=("anyone",))

    assert list(_differences_in_reading(planted, subscriptions)) == [
        "notifier reads IntakeCaughtUp from watermarks, the table does not say so"
    ]


def test_a_publication_that_the_table_makes_up_is_caught(sources: Mapping[str, Sources]) -> None:
    """Plant: the table lets the aggregator write the duties too."""
    planted = _with(FLOW, "duties", writers=(NOTIFIER, AGGREGATOR))

    found = list(_differences_in_writing(planted, sources))

    assert "aggregator should name the topic of duties" in found
    assert "aggregator should make DutyMet" in found


def test_a_publication_that_the_table_leaves_out_is_caught(sources: Mapping[str, Sources]) -> None:
    """Plant: the table forgets the receipts."""
    planted = tuple(it for it in FLOW if it.name != "receipts")

    assert set(_differences_in_writing(planted, sources)) == {
        "intake names the topic of receipts, the table does not say so",
        "intake makes ReportQuestioned, the table does not say so",
        "intake makes SubmissionAccepted, the table does not say so",
        "intake makes SubmissionRejected, the table does not say so",
    }


def _differences_in_reading(
    flow: Sequence[Channel], subscriptions: Mapping[str, Sequence[Subscription]]
) -> Iterator[str]:
    for service, its in subscriptions.items():
        assert its, f"{service} has no reader"
        for channel in flow:
            for event in channel.events:
                claimed = service in channel.readers
                does = any(it.takes(channel, event) for it in its)
                what = f"{event.__name__} from {channel.name}"
                if claimed and not does:
                    yield f"{service} should read {what}"
                if does and not claimed:
                    yield f"{service} reads {what}, the table does not say so"


def _differences_in_writing(
    flow: Sequence[Channel], sources: Mapping[str, Sources]
) -> Iterator[str]:
    for service, its in sources.items():
        named = {it.name for it in flow if service in it.writers + it.readers} - {DEAD_LETTERS}
        made = {event.__name__ for it in flow if service in it.writers for event in it.events}
        for channel in sorted(named - its.channels):
            yield f"{service} should name the topic of {channel}"
        for channel in sorted(its.channels - named - {DEAD_LETTERS}):
            yield f"{service} names the topic of {channel}, the table does not say so"
        for event in sorted(made - its.events):
            yield f"{service} should make {event}"
        for event in sorted(its.events - made):
            yield f"{service} makes {event}, the table does not say so"


def _golden_record(topic: str, event: type[Event]) -> Record:
    golden = _examples()[event.__name__]
    body = event.model_validate(golden["body"]).model_dump_json().encode()
    headers = tuple((name, value.encode()) for name, value in golden["headers"].items())
    return ConsumerRecord(
        topic=topic,
        partition=0,
        offset=0,
        timestamp=1_760_494_448_391,
        timestamp_type=1,
        key=b"13285.2",
        value=body,
        checksum=None,
        serialized_key_size=7,
        serialized_value_size=len(body),
        headers=headers,
    )


@cache
def _examples() -> Mapping[str, Mapping[str, Any]]:
    return examples()


def _sources(folder: Path) -> Sources:
    """
    Find the topics that a service imports and the events that it makes.

    A consumer's inbox publishes what it cannot read, so a service with a consumer writes dead
    letters.
    """
    trees = [ast.parse(it.read_text(encoding="utf-8")) for it in sorted(folder.rglob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {name for node in nodes for name in _topic_names(node)}
    made = {
        node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if "ConsumerSupervisor" in made:
        made.add("RecordDeadLettered")
    return Sources(
        frozenset(CHANNEL_OF_NAME[it] for it in names & CHANNEL_OF_NAME.keys()),
        frozenset(made & {it.__name__ for it in event_classes()}),
    )


def _topic_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module == "shared.contracts.topics":
        yield from (it.name for it in node.names)
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "topics":
        yield node.attr


def _with(
    flow: Sequence[Channel],
    name: str,
    *,
    writers: tuple[str, ...] | None = None,
    readers: tuple[str, ...] | None = None,
) -> Sequence[Channel]:
    """Return the table with the parties of one row changed."""
    assert name in {it.name for it in flow}
    return tuple(
        replace(it, writers=writers or it.writers, readers=readers or it.readers)
        if it.name == name
        else it
        for it in flow
    )
