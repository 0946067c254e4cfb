"""Watches topics that belong to others: what is wrong with one is a complaint, never a stop."""

import asyncio
from collections.abc import Callable, Iterable

from shared.contracts.topics import TopicSpec
from shared.infra.health import Condition, Health
from shared.infra.kafka.topics import topic_faults
from shared.infra.supervised import Supervised

PART = "topics"
LOOK_SECONDS = 10.0


class TopicWatch:
    """Complains of each topic that is missing or unfit, until it has been mended."""

    def __init__(
        self,
        kafka: str,
        wanted: Callable[[Iterable[str]], Iterable[TopicSpec]],
        health: Health,
    ) -> None:
        """Watch what *wanted* names, given the names of all topics that exist."""
        self._kafka = kafka
        self._wanted = wanted
        self._health = health
        self._supervised = Supervised(PART, health)
        self._complained: set[str] = set()

    async def run(self) -> None:
        """Look for ever."""
        await self._supervised.for_ever(self.look, lambda _: asyncio.sleep(LOOK_SECONDS))

    async def look(self) -> None:
        """Complain of what is wrong now, and of nothing else."""
        faults = await topic_faults(self._kafka, (), self._wanted)
        for topic, fault in faults.items():
            self._health.complain(f"topic {topic}", Condition.TOPIC_UNFIT, fault)
        for topic in self._complained - faults.keys():
            self._health.fine(f"topic {topic}")
        self._complained = set(faults)
