"""
One topic's way to Kafka: a producer of its own, so that no topic waits for another's answers.

A produce request is answered once for all its partitions, and a producer that failed may be
poisoned: after a refused batch the idempotent sequence has a gap (aiokafka issue 1017), and a
batch that cannot be delivered is retried for ever. So a producer that failed is thrown away.
"""

import asyncio
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from typing import TypeAlias

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    ProducerClosed,
    UnknownTopicOrPartitionError,
)
from aiokafka.structs import RecordMetadata

from shared.infra.errors import TopicRefused
from shared.infra.kafka.outbox import OutboxMessage

START_SECONDS_MAX = 5
METADATA_SECONDS_MAX = 2
ANSWER_SECONDS_MAX = 10
CANCEL_SECONDS = 0.2

Answer: TypeAlias = "RecordMetadata | Exception"
"""What became of one message."""


class TopicProducer:
    """Sends to one topic, by a producer that is made when needed and used while it works."""

    def __init__(self, topic: str, make: Callable[[], AIOKafkaProducer]) -> None:
        self._topic = topic
        self._make = make
        self._kafka: AIOKafkaProducer | None = None
        self._has_worked = False

    async def connected(self) -> AIOKafkaProducer:
        """
        Return a producer that knows the topic.

        Raises:
            KafkaError: Kafka is away.
            TopicRefused: Kafka answers, and has no such topic for us.

        """
        if self._kafka is None:
            self._kafka, self._has_worked = self._make(), False
            await _start(self._kafka)
        try:
            async with asyncio.timeout(METADATA_SECONDS_MAX):
                await self._kafka.partitions_for(self._topic)
        except (KafkaError, TimeoutError) as problem:
            raise self.failure(problem) from problem
        return self._kafka

    async def send(self, messages: Sequence[OutboxMessage]) -> Sequence[Answer]:
        """Send *messages* in order; return what became of each."""
        kafka = await self.connected()
        answers: list[asyncio.Future[RecordMetadata]] = []
        problem: Exception = KafkaTimeoutError(f"no answer within {ANSWER_SECONDS_MAX} s")
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                try:
                    known = await kafka.partitions_for(self._topic)
                    for it in messages:
                        answers.append(await _handed_over(kafka, it, known))  # noqa: PERF401 - may stop
                except KafkaError as refused:
                    problem = refused
                if answers:
                    await asyncio.wait(answers)
        found = [_answer(it, problem) for it in answers]
        return [*found, *[problem] * (len(messages) - len(found))]

    def worked(self) -> None:
        """Remember that Kafka took what was sent."""
        self._has_worked = True

    def failure(self, problem: Exception) -> Exception:
        """
        Return *problem* as a failure of Kafka or of the topic alone.

        A producer that has worked may have lost Kafka, and a new one will tell; what fails with
        one that has just reached Kafka is refused.
        """
        if self._has_worked:
            return KafkaTimeoutError() if isinstance(problem, TimeoutError) else problem
        return TopicRefused(self._topic, problem)

    async def discard(self) -> None:
        """Throw the producer away; nothing of it arrives after this has returned."""
        kafka, self._kafka = self._kafka, None
        if kafka is not None:
            await _discard(kafka)


async def _handed_over(
    kafka: AIOKafkaProducer, it: OutboxMessage, known: Container[int]
) -> "asyncio.Future[RecordMetadata]":
    if it.partition is not None and it.partition not in known:
        raise UnknownTopicOrPartitionError(f"it has no partition {it.partition}")
    answer: asyncio.Future[RecordMetadata] = await kafka.send(
        it.topic, it.body, key=it.key, partition=it.partition, headers=it.headers
    )
    return answer


async def _start(kafka: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(START_SECONDS_MAX):
            await kafka.start()
    except TimeoutError as problem:
        raise KafkaConnectionError(f"no answer within {START_SECONDS_MAX} s") from problem


def _answer(answer: "asyncio.Future[RecordMetadata]", otherwise: Exception) -> Answer:
    if not answer.done():
        return otherwise
    problem = answer.exception()
    if isinstance(problem, Exception):
        return problem
    return answer.result()


async def _discard(kafka: AIOKafkaProducer) -> None:
    """
    End a producer without sending what it still holds.

    ``stop()`` would send it, and wait for ever where a batch is retried for ever; aiokafka has no
    other way than its parts.
    """
    sender = kafka._sender.sender_task  # noqa: SLF001
    if sender is not None:
        sender.cancel()
    await kafka.client.close()  # ends the request under way
    while sender is not None and not sender.done():
        sender.cancel()
        await asyncio.wait([sender], timeout=CANCEL_SECONDS)
    kafka._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
    await kafka.stop()  # has nothing left to send
