"""
The relay: carries what waits in a database to Kafka, one flow per topic.

Each topic has its own task, transaction, lock and producer, so that what one topic refuses holds
up nobody else's messages. Of all processes of a service one sends a topic at a time: the lock
belongs to the transaction that takes the messages, sends them, and forgets those that the broker
acknowledged. A process that stands still loses its transaction, and with it the lock, within
two seconds. See ``docs/decisions/0012-flows.md``.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.infra.health import Health
from shared.infra.kafka.outbox import Pending
from shared.infra.kafka.topic_flow import PART, TopicFlow
from shared.infra.kafka.topic_producer import TopicProducer
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised, retry

IDLE_SECONDS = 0.2
FORGOTTEN_AFTER_SECONDS = 60.0
"""A flow without messages for so long gives its producer back."""

FLOWS_AT_A_TIME = 4
"""Each holds a connection of the pool, which serves the readers too."""


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
        self._flows: dict[tuple[Pending, str], TopicFlow] = {}
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
            if flow.has_failed:
                flow.woken.set()  # to complain no more once nothing waits
        for flow in self._flows.values():
            if flow.outage is not None:
                raise flow.outage

    def _flow(self, pending: Pending, topic: str) -> TopicFlow:
        producer = TopicProducer(topic, self._make_producer)
        return TopicFlow(self._database, pending, topic, producer, self._health)

    async def _carry(self, flow: TopicFlow) -> None:
        """Send the messages of one topic whenever there are some, until there are none for long."""
        try:
            while await _wait(flow.woken, FORGOTTEN_AFTER_SECONDS):
                flow.woken.clear()
                while await retry(lambda: self._pass(flow), flow.complain):
                    self._wake.set()  # what waited for these messages may leave
        finally:
            del self._flows[flow.pending, flow.topic]
            await flow.producer.discard()

    async def _pass(self, flow: TopicFlow) -> int:
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
        if sent is None:
            flow.stand_by()
            return 0
        flow.fine()
        return sent


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Return whether *event* was set within so long."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
