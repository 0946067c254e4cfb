"""A batch on its way from FastStream to a handler: parser and decoder, without a broker."""

import ast
from pathlib import Path

import pytest
from faststream.kafka import TestKafkaBroker

from shared.contracts.topics import REPORTS, WATERMARKS
from shared.infra.kafka.broker import Batch, Poison, consume, kafka_broker
from shared.infra.kafka.subscription import subscriber
from tests.architecture.services import built_services
from tools.generate.files import ROOT

TOPIC = "any"


async def delivered(*bodies: bytes, headers: dict[str, str]) -> Batch[int]:
    """Let FastStream's test broker deliver one batch through our parser and decoder."""
    batches: list[Batch[int]] = []

    async def keep(batch: Batch[int]) -> None:
        batches.append(batch)

    broker = kafka_broker("none:1", "test")
    consume(broker, TOPIC, group="group", instance="0", decode=_number, handler=keep)
    async with TestKafkaBroker(broker) as test_broker:
        await test_broker.publish_batch(*bodies, topic=TOPIC, headers=headers)
    (batch,) = batches
    return batch


def _number(record: object) -> int | Poison:
    value = getattr(record, "value", b"")
    return int(value) if value.isdigit() else Poison("not_a_number")


async def test_a_bad_body_takes_no_neighbour_along() -> None:
    """FastStream alone would give up the whole batch."""
    batch = await delivered(b"1", b"x", b"3", headers={})

    assert batch.messages == [1, Poison("not_a_number"), 3]


async def test_records_arrive_with_all_their_headers() -> None:
    """The parser hides headers from FastStream, not from our decoders."""
    batch = await delivered(b"1", headers={"ce_type": "qcdc.ReportAccepted.v1"})

    assert ("ce_type", b"qcdc.ReportAccepted.v1") in batch.records[0].headers


def test_the_decorator_declares_what_stands_in_it() -> None:
    """Topic, group and decoder are those above the function, and it handles the messages."""

    @subscriber(REPORTS, WATERMARKS, group="group", decode=_number)
    async def on_numbers(_: object, __: object) -> None: ...

    assert on_numbers.topics == (REPORTS, WATERMARKS)
    assert (on_numbers.group, on_numbers.stream) == ("group", "group")
    assert on_numbers.decode is _number


def test_no_two_subscriptions_of_a_service_share_group_or_positions() -> None:
    """Two readers under one name would drop each other's records as seen already."""
    for service in built_services().values():
        consumers = [it for it in vars(service).values() if hasattr(it, "subscription")]
        names = [(it.subscription.group, it.subscription.stream) for it in consumers]

        assert names
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


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for it in nodes if isinstance(it, ast.Import) for alias in it.names}
    return plain | {it.module or "" for it in nodes if isinstance(it, ast.ImportFrom)}
