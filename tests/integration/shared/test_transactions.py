"""Kafka's transactions leave offsets without a record: nobody waits for those."""

import uuid

import pytest
from aiokafka import AIOKafkaProducer

from tests.builders.plumbing import Running, new_topic, publish, running, seen
from tests.eventually import eventually


def transactional(kafka: str) -> AIOKafkaProducer:
    """Return a producer that may begin transactions."""
    return AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=uuid.uuid4().hex)


async def caught_up(it: Running, expected: list[int]) -> None:
    """Wait until exactly *expected* was seen, nothing is left, and nothing is wrong."""

    async def look() -> bool:
        return (
            await seen(it.database) == expected
            and await it.reader.behind() == 0
            and not it.health.complaints
        )

    await eventually(look, seconds=5)


@pytest.mark.parametrize("committed", [True, False])
async def test_a_marker_at_the_end_is_no_unread_record(
    kafka: str, postgres_url: str, committed: bool
) -> None:
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"1"])

    async with running(kafka, postgres_url, topic) as it, transactional(kafka) as producer:
        await caught_up(it, [1])
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"2", partition=0)
        if committed:
            await producer.commit_transaction()
        else:
            await producer.abort_transaction()

        await caught_up(it, [1, 2] if committed else [1])


async def test_many_transactions_are_read_without_going_back(
    kafka: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each marker is a gap; to rewind at each would read everything twice."""
    topic = await new_topic(kafka)
    rewound: list[object] = []

    async with running(kafka, postgres_url, topic) as it, transactional(kafka) as producer:
        monkeypatch.setattr(it.reader, "_rewind", lambda *arguments: rewound.append(arguments))
        for number in range(20):
            async with producer.transaction():
                await producer.send_and_wait(topic, b"%d" % number, partition=0)

        await caught_up(it, list(range(20)))
        assert rewound == []


async def test_an_open_transaction_delays_no_other_partition(kafka: str, postgres_url: str) -> None:
    """What lies behind it in its own partition waits, as Kafka has it."""
    topic = await new_topic(kafka, 2)

    async with running(kafka, postgres_url, topic) as it, transactional(kafka) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"1", partition=1)
        await publish(kafka, topic, [b"2"])
        await caught_up(it, [2])
        await producer.commit_transaction()

        await caught_up(it, [1, 2])
