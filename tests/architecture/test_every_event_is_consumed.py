"""
The table of the flow says what the services do: who decodes which event, who publishes what.

The reading side is tried out: each service is wired as it runs, and FastStream's test broker
delivers the golden message of every event to its subscriptions. The writing side is read from the
sources.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from faststream.kafka import TestKafkaBroker

from shared.contracts.event import Event
from shared.infra.kafka.broker import consume, kafka_broker
from shared.infra.kafka.records import Batch, Poison, Record
from shared.infra.kafka.subscription import Subscription
from tests.architecture import services
from tests.architecture.services import Subscriptions
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
class Sources:
    """What the sources of one service name: topics, and events that they make."""

    channels: frozenset[str]
    events: frozenset[str]


@pytest.fixture(scope="module")
def subscriptions() -> Subscriptions:
    """Wire each service as its ``__main__`` does; nothing is connected."""
    return services.subscriptions()


@pytest.fixture(scope="module")
def sources() -> Mapping[str, Sources]:
    """Read the sources of each service."""
    return {it: _sources(ROOT / "services" / it) for it in SERVICES}


async def test_services_read_what_the_table_says(
    subscriptions: Subscriptions,
) -> None:
    """An event nobody decodes is lost without a word; a reader nobody knows of is a coupling."""
    assert await _differences_in_reading(FLOW, subscriptions) == []


def test_services_publish_what_the_table_says(sources: Mapping[str, Sources]) -> None:
    """Every event that a service makes is in its row, and so is every topic that it names."""
    assert list(_differences_in_writing(FLOW, sources)) == []


def test_every_channel_has_two_ends() -> None:
    """An event without a reader is noise, one without a writer is a wish."""
    assert [it.name for it in FLOW if not it.readers or not it.writers] == []


async def test_a_decoder_that_forgets_an_event_is_caught(
    subscriptions: Subscriptions,
) -> None:
    """Plant: the aggregator takes withdrawals for strangers, so they would stay in the totals."""
    reader, *others = subscriptions[AGGREGATOR]

    def forgetful(record: Record) -> object:
        if b"qcdc.ReportWithdrawn.v1" in dict(record.headers).values():
            return Poison("unknown_type")
        return reader.decode(record)

    planted = {**subscriptions, AGGREGATOR: [replace(reader, decode=forgetful), *others]}

    assert await _differences_in_reading(FLOW, planted) == [
        "aggregator should read ReportWithdrawn from reports"
    ]


async def test_a_reader_that_the_table_leaves_out_is_caught(
    subscriptions: Subscriptions,
) -> None:
    """Plant: the table forgets that the notifier waits for watermarks."""
    planted = _with(FLOW, "watermarks", readers=("anyone",))

    assert await _differences_in_reading(planted, subscriptions) == [
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
        "intake makes SubmissionParked, the table does not say so",
        "intake makes SubmissionRejected, the table does not say so",
    }


async def _differences_in_reading(
    flow: Sequence[Channel], subscriptions: Subscriptions
) -> list[str]:
    differences = []
    for service, its in subscriptions.items():
        read = await _read(flow, its)
        claimed = {
            (event.__name__, channel.name)
            for channel in flow
            if service in channel.readers
            for event in channel.events
        }
        for event, channel in sorted(claimed - read):
            differences.append(f"{service} should read {event} from {channel}")
        for event, channel in sorted(read - claimed):
            differences.append(f"{service} reads {event} from {channel}, the table does not say so")
    return differences


async def _read(
    flow: Sequence[Channel], subscriptions: Sequence[Subscription[Any]]
) -> set[tuple[str, str]]:
    """Name every event of which a golden message is decoded, with its channel."""
    read = set[tuple[str, str]]()
    messages: list[object] = []

    async def keep(batch: Batch[Any]) -> None:
        messages.extend(it for it in batch.messages if not isinstance(it, Poison))

    broker = kafka_broker("nowhere:1", "test")
    for subscription in subscriptions:
        consume(broker, subscription, "0", keep)
    golden = examples()
    async with TestKafkaBroker(broker) as test_broker:
        for channel in flow:
            topic = channel.topic.name.replace(SOURCE, "ninh-binh")
            for event in channel.events:
                messages.clear()
                await test_broker.publish_batch(
                    _body(event, golden), topic=topic, headers=golden[event.__name__]["headers"]
                )
                if messages:
                    read.add((event.__name__, channel.name))
    return read


def _body(event: type[Event], golden: Mapping[str, Any]) -> bytes:
    return event.model_validate(golden[event.__name__]["body"]).model_dump_json().encode()


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
