"""A batch on its way from Kafka through FastStream to a handler, without a broker."""

import ast
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from faststream.kafka import TestKafkaBroker

from shared.contracts.topics import REPORTS, WATERMARKS
from shared.infra.kafka.broker import consume, kafka_broker
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.records import Batch, Poison, Record
from shared.infra.kafka.subscription import Subscription, subscriber
from tests.architecture.services import built_services
from tests.doubles.kafka import PARTITION, MemoryConsumer, records
from tests.eventually import eventually
from tools.generate.files import ROOT

TOPIC = PARTITION.topic


def number(record: Record) -> int | Poison:
    return int(record.value) if record.value and record.value.isdigit() else Poison("not_a_number")


@subscriber(TOPIC, group="group", decode=number)
async def on_numbers(_: object, __: Sequence[int]) -> None: ...


class Handler:
    """Keeps the batches; the first *failures* of them fail."""

    def __init__(self, failures: int = 0) -> None:
        self.batches: list[Batch[int]] = []
        self._failures = failures

    async def __call__(self, batch: Batch[int]) -> None:
        self.batches.append(batch)
        if len(self.batches) <= self._failures:
            raise ValueError("a bug")


async def consumed(
    monkeypatch: pytest.MonkeyPatch,
    kafka: MemoryConsumer,
    handler: Handler,
    subscription: Subscription[int] = on_numbers,
    epoch: str = "",
) -> None:
    """Let FastStream read *kafka* until all that it holds is committed."""
    monkeypatch.setattr("aiokafka.AIOKafkaConsumer", kafka)
    broker = kafka_broker("host:1", "client")
    consume(broker, subscription, "7", handler, epoch)

    end = [len(kafka.records)] if kafka.records else []

    async def at_rest() -> bool:
        return bool(kafka.asked) and kafka.committed[-1:] == end

    await broker.start()
    try:
        await eventually(at_rest)
    finally:
        await broker.stop()


async def delivered(*bodies: bytes, headers: dict[str, str] | None = None) -> Batch[int]:
    """Return what FastStream's own test broker makes of one publication."""
    broker, handler = kafka_broker("nowhere:1", "test"), Handler()
    consume(broker, on_numbers, "0", handler)
    async with TestKafkaBroker(broker) as test_broker:
        await test_broker.publish_batch(*bodies, topic=TOPIC, headers=headers)
    (batch,) = handler.batches
    return batch


async def test_options_that_lose_messages_are_not_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing else than this is told to aiokafka, by us or by FastStream."""
    kafka = MemoryConsumer()

    await consumed(monkeypatch, kafka, Handler(), epoch="e")

    assignors = kafka.options.pop("partition_assignment_strategy")
    defaults = inspect.signature(AIOKafkaConsumer).parameters
    assert {name: it for name, it in kafka.options.items() if it != defaults[name].default} == {
        "bootstrap_servers": ["host:1"],
        "client_id": "client",
        "group_id": "group",
        "group_instance_id": "group-7",
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "isolation_level": "read_committed",
        "session_timeout_ms": 9_000,
        "fetch_max_wait_ms": 100,
        "metadata_max_age_ms": 15_000,
        "heartbeat_interval_ms": 1_000,
    }
    assert [it.name for it in assignors] == ["roundrobin-e", "roundrobin"]
    assert kafka.asked["max_records"] == 1_000


async def test_a_batch_is_committed_once_it_is_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default FastStream commits first."""
    kafka, handler = MemoryConsumer(*records(b"1", b"2")), Handler()

    await consumed(monkeypatch, kafka, handler)

    assert [it.messages for it in handler.batches] == [[1, 2]]
    assert kafka.committed == [2]


async def test_a_batch_that_fails_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default FastStream swallows the exception, and the next commit covers the batch."""
    kafka, handler = MemoryConsumer(*records(b"1", b"2")), Handler(failures=2)

    await consumed(monkeypatch, kafka, handler)

    assert [it.messages for it in handler.batches] == [[1, 2]] * 3
    assert kafka.committed == [2]


async def test_an_undecodable_header_takes_no_batch_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastStream decodes headers before any handler runs, and loses the batch if it cannot."""
    bad = records(b"1", b"2", headers=[("x", b"\xff\xfe")])
    handler = Handler()

    await consumed(monkeypatch, MemoryConsumer(*bad), handler)

    assert [(it.messages, list(it.records)) for it in handler.batches] == [([1, 2], bad)]


async def test_a_bad_body_takes_no_neighbour_along() -> None:
    """FastStream alone would give up the whole batch."""
    batch = await delivered(b"1", b"x", b"3")

    assert batch.messages == [1, Poison("not_a_number"), 3]


async def test_records_arrive_with_all_their_headers() -> None:
    """The parser hides headers from FastStream, not from our decoders."""
    headers = {"ce_type": "qcdc.ReportAccepted.v1"}

    batch = await delivered(b"1", headers=headers)

    assert ("ce_type", b"qcdc.ReportAccepted.v1") in batch.records[0].headers


def test_the_decorator_declares_what_stands_in_it() -> None:
    """Topic, group and decoder are those above the function, and it handles the messages."""

    @subscriber(REPORTS, WATERMARKS, group="group", decode=number)
    async def on_events(_: object, __: object) -> None: ...

    assert on_events.topics == (REPORTS, WATERMARKS)
    assert (on_events.group, on_events.stream) == ("group", "group")
    assert on_events.decode is number


def test_no_two_subscriptions_of_a_service_share_group_or_positions() -> None:
    """Two readers under one name would drop each other's records as seen already."""
    for service in built_services().values():
        consumers = [it for it in vars(service).values() if isinstance(it, ConsumerSupervisor)]
        names = [
            (it.subscription.group, it.subscription.stream)
            for it in (*consumers, service.follower.reader)
        ]

        assert consumers
        assert len({group for group, _ in names}) == len({stream for _, stream in names})
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("folder", ["shared", "services"])
def test_faststream_is_used_by_its_public_names(folder: str) -> None:
    """What a library keeps to itself may change with any release."""
    modules = {
        name
        for file in (ROOT / folder).rglob("*.py")
        for name in _imported(file)
        if name.partition(".")[0] == "faststream"
    }

    assert modules <= {"faststream", "faststream.kafka"}


def test_every_subscription_is_made_in_one_place() -> None:
    """A second call would have FastStream's defaults until somebody remembers ours."""
    calls = {
        (file.relative_to(ROOT).as_posix(), name)
        for folder in ("shared", "services")
        for file in (ROOT / folder).rglob("*.py")
        for name in _called(file)
    }

    def places(name: str) -> list[str]:
        return sorted(file for file, called in calls if called == name)

    assert places("KafkaBroker") == places("broker.subscriber") == ["shared/infra/kafka/broker.py"]
    assert places("consume") == places("kafka_broker") == ["shared/infra/kafka/consumer.py"]
    assert places("KafkaRouter") == []
    assert places("AIOKafkaConsumer") == ["shared/infra/kafka/partitions.py"]  # without a group


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(_tree(file)))
    plain = {alias.name for it in nodes if isinstance(it, ast.Import) for alias in it.names}
    return plain | {it.module or "" for it in nodes if isinstance(it, ast.ImportFrom)}


def _called(file: Path) -> Iterator[str]:
    yield from (ast.unparse(it.func) for it in ast.walk(_tree(file)) if isinstance(it, ast.Call))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
