"""The messages of one topic on their way: one pass is one transaction that sends and forgets."""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka.structs import RecordMetadata

from shared.infra.errors import TopicRefused
from shared.infra.health import Condition, Health
from shared.infra.kafka.outbox import OutboxMessage, Pending, acknowledge
from shared.infra.kafka.topic_producer import Answer, TopicProducer
from shared.infra.postgres.database import Database
from shared.infra.postgres.locks import AdvisoryLock, try_lock_name, while_pinging
from shared.infra.supervised import condition_of

PART = "outbox"
"""The part of Health; a topic that refuses has a part of its own, named after both."""

ROWS_PER_PASS = 1500
STILL_SECONDS_MAX = 1.5
"""Without a statement for so long a pass loses its transaction, and with it the lock."""


class TopicFlow:
    """The messages of one topic on their way."""

    def __init__(
        self,
        database: Database,
        pending: Pending,
        topic: str,
        producer: TopicProducer,
        health: Health,
    ) -> None:
        self.pending = pending
        self.topic = topic
        self.producer = producer
        self.woken = asyncio.Event()
        self.has_failed = False
        self.outage: Exception | None = None
        self._database = database
        self._health = health
        self._part = f"{PART} {topic}"
        self._doubtful: Sequence[OutboxMessage] = ()

    async def settle_doubts(self) -> None:
        """
        Hand back what a pass sent that was not committed.

        The producer of that pass is gone, so nothing of it arrives later than what follows.
        """
        if self._doubtful:
            async with self._database.transaction() as connection:
                await self.pending.doubt(connection, self._doubtful)
            self._doubtful = ()

    async def is_waiting(self) -> bool:
        """Return whether there is a message for this topic."""
        async with self._database.connection() as connection:
            return self.topic in await self.pending.topics(connection)

    async def send_once(self) -> int | None:
        """
        Send one pass; return how many messages were acknowledged, None if another process sends.

        Raises:
            TopicRefused, KafkaError: some were not; the others are forgotten all the same.

        """
        async with self._database.transaction() as connection:
            if not await try_lock_name(
                connection, AdvisoryLock.RELAY, self.topic, STILL_SECONDS_MAX
            ):
                return None
            waiting = await self.pending.take(connection, self.topic, ROWS_PER_PASS)
            if not waiting:
                return 0
            self._doubtful = waiting
            answers = await while_pinging(connection, self._send(waiting))
            sent = acknowledged_prefixes(waiting, answers)
            if sent:
                await self.pending.forget(connection, [it for it, _ in sent])
                await acknowledge(connection, self.topic, _next_offsets(sent))
        if problem := _problem(answers):
            raise self.producer.failure(problem)
        self._doubtful = ()
        self.producer.worked()
        return len(sent)

    async def _send(self, messages: Sequence[OutboxMessage]) -> Sequence[Answer]:
        """Send; a producer that fails ends while the lock is held, and sends nothing later."""
        answers: Sequence[Answer] = ()
        try:
            answers = await self.producer.send(messages)
        finally:
            if not answers or _problem(answers):
                await self.producer.discard()
        return answers

    def fine(self) -> None:
        """Withdraw what this topic had to complain of."""
        self.has_failed, self.outage = False, None
        self._health.fine(self._part)

    def stand_by(self) -> None:
        """
        Another process sends: an outage of ours is over.

        Whether the topic still refuses is not known here.
        """
        if self.outage is not None:
            self.fine()

    def complain(self, problem: Exception, failures: int) -> None:
        """
        Complain of a topic that refuses; keep an outage for the relay; raise a bug.

        The first failure may be a producer that grew old; the next one begins at once.
        """
        self.has_failed = True
        if isinstance(problem, TopicRefused):
            self.outage = None
            self._health.complain(self._part, Condition.TOPIC_REFUSED, str(problem))
        elif condition_of(problem) is None:
            raise problem
        elif failures > 1:
            self.outage = problem
            self._health.fine(self._part)


def acknowledged_prefixes(
    messages: Sequence[OutboxMessage], answers: Sequence[Answer]
) -> Sequence[tuple[OutboxMessage, RecordMetadata]]:
    """
    Return what may be forgotten: of each partition, or key, what lies before its first failure.

    What follows a failure is sent again after it, so that the newest of a key comes last.
    """
    failed: set[object] = set()
    sent = []
    for message, answer in zip(messages, answers, strict=True):
        ordered_with = message.key if message.partition is None else message.partition
        if isinstance(answer, Exception):
            failed.add(ordered_with)
        elif ordered_with not in failed:
            sent.append((message, answer))
    return sent


def _problem(answers: Sequence[Answer]) -> Exception | None:
    return next((it for it in answers if isinstance(it, Exception)), None)


def _next_offsets(sent: Sequence[tuple[OutboxMessage, RecordMetadata]]) -> Mapping[int, int]:
    """Return the offset behind the last message of each partition that has an offset."""
    # A broker that recognises a repeated batch may not remember its offset, and answers -1.
    return {it.partition: it.offset + 1 for _, it in sent if it.offset >= 0}
