"""
The relay: carries what waits in a database to Kafka, one flow per topic.

Each topic has its own task, transaction, lock and producer, so that what one topic refuses holds
up nobody else's messages. Of all processes of a service one sends a topic at a time: the lock
belongs to the transaction that takes the messages, sends them, and forgets those that the broker
acknowledged. A process that stands still loses its transaction, and with it the lock, within
``STILL_SECONDS_MAX``. See ``docs/decisions/0012-flows.md``.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from shared.infra.errors import TopicRefused
from shared.infra.health import Condition, Health
from shared.infra.kafka.outbox import OutboxMessage, Pending, acknowledge
from shared.infra.kafka.topic_producer import Answer, TopicProducer
from shared.infra.postgres.database import Connection, Database
from shared.infra.postgres.locks import AdvisoryLock, try_lock_name
from shared.infra.supervised import Supervised, condition_of, retry

PART = "outbox"
"""The part of Health; a topic that refuses has a part of its own, named after both."""

ROWS_PER_PASS = 1000
IDLE_SECONDS = 0.2
FORGOTTEN_AFTER_SECONDS = 60.0
"""A flow without messages for so long gives its producer back."""

STILL_SECONDS_MAX = 1.5
PING_SECONDS = 0.4
FLOWS_AT_A_TIME = 4
"""Each holds a connection of the pool, which serves the readers too."""

T = TypeVar("T")


class Relay:
    """Carries what is pending to Kafka, for as long as the process lives."""

    def __init__(
        self,
        database: Database,
        pending: Sequence[Pending],
        make_producer: Callable[[], AIOKafkaProducer],
        health: Health,
    ) -> None:
        self._database = database
        self._pending = pending
        self._make_producer = make_producer
        self._health = health
        self._supervised = Supervised(PART, health, pause_seconds_max=IDLE_SECONDS)
        self._wake = asyncio.Event()
        self._flows: dict[tuple[Pending, str], _Flow] = {}
        # A topic that failed waits long for its answers: such topics share one connection.
        self._healthy = asyncio.Semaphore(FLOWS_AT_A_TIME)
        self._failing = asyncio.Semaphore(1)

    def wake(self) -> None:
        """Say that something was just committed, to save the relay's idle wait."""
        self._wake.set()

    async def run(self) -> None:
        """Relay until cancelled; a bug in any flow ends all."""
        async with asyncio.TaskGroup() as flows:

            async def dispatch() -> None:
                await self._dispatch(flows.create_task)

            await self._supervised.for_ever(dispatch, self._pause)

    async def _pause(self, _: None) -> None:
        await _wait(self._wake, IDLE_SECONDS)

    async def _dispatch(self, begin: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """Wake the flow of each topic that has messages; raise an outage that one has met."""
        self._wake.clear()
        async with self._database.connection() as connection:
            waiting = [
                (pending, topic)
                for pending in self._pending
                for topic in await pending.topics(connection)
            ]
        for pending, topic in waiting:
            flow = self._flows.get((pending, topic))
            if flow is None:
                flow = self._flows[pending, topic] = self._flow(pending, topic)
                begin(self._carry(flow))
            flow.woken.set()
        for flow in self._flows.values():
            if flow.outage is not None:
                raise flow.outage

    def _flow(self, pending: Pending, topic: str) -> "_Flow":
        producer = TopicProducer(topic, self._make_producer)
        return _Flow(self._database, pending, topic, producer, self._health)

    async def _carry(self, flow: "_Flow") -> None:
        """Send the messages of one topic whenever there are some, until there are none for long."""
        try:
            while await _wait(flow.woken, FORGOTTEN_AFTER_SECONDS):
                flow.woken.clear()
                while await retry(lambda: self._pass(flow), flow.complain):
                    self._wake.set()  # what waited for these messages may leave
        finally:
            del self._flows[flow.pending, flow.topic]
            await flow.producer.discard()

    async def _pass(self, flow: "_Flow") -> int:
        try:
            await flow.settle_doubts()
            if flow.has_failed and not await flow.is_waiting():
                flow.fine()  # another process has sent them, or an operator has removed them
                return 0
            await flow.producer.connected()
            async with self._failing if flow.has_failed else self._healthy:
                sent = await flow.send_once()
        except BaseException:
            await flow.producer.discard()
            raise
        flow.fine()
        return sent


class _Flow:
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

    async def send_once(self) -> int:
        """
        Send one pass; return how many messages were acknowledged and forgotten.

        Raises:
            TopicRefused, KafkaError: some were not; the others are forgotten all the same.

        """
        async with self._database.transaction() as connection:
            if not await _alone(connection, self.topic):
                return 0
            waiting = await self.pending.take(connection, self.topic, ROWS_PER_PASS)
            if not waiting:
                return 0
            self._doubtful = waiting
            answers = await _while_pinging(connection, self.producer.send(waiting))
            sent = acknowledged_prefixes(waiting, answers)
            if sent:
                await self.pending.forget(connection, [it for it, _ in sent])
                await acknowledge(connection, self.topic, _next_offsets(sent))
        problem = next((it for it in answers if isinstance(it, Exception)), None)
        if problem is not None:
            raise self.producer.failure(problem)
        self._doubtful = ()
        self.producer.worked()
        return len(sent)

    def fine(self) -> None:
        """Withdraw what this topic had to complain of."""
        self.has_failed, self.outage = False, None
        self._health.fine(self._part)

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


def _next_offsets(sent: Sequence[tuple[OutboxMessage, RecordMetadata]]) -> Mapping[int, int]:
    """Return the offset behind the last message of each partition that has an offset."""
    # A broker that recognises a repeated batch may not remember its offset, and answers -1.
    return {it.partition: it.offset + 1 for _, it in sent if it.offset >= 0}


async def _alone(connection: Connection, topic: str) -> bool:
    """Be the only one who sends *topic*, for as long as this process moves."""
    milliseconds = int(STILL_SECONDS_MAX * 1000)
    await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}")
    return await try_lock_name(connection, AdvisoryLock.RELAY, topic)


async def _while_pinging(connection: Connection, work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* returns; meanwhile show the server that this process moves."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=PING_SECONDS)
            if not task.done():
                await connection.execute("SELECT 1")
        return await task
    finally:
        task.cancel()


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Return whether *event* was set within so long."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
