"""
The register: the facts in force now, in every service.

Reads ``qcdc.directory.v1``; changes the directory's tables of its own service. One instance of a
service reads the topic; all of them look at the tables every second, and swap the facts for those
of a new revision as a whole. A revision that cannot be used leaves the old one in force.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from aiokafka.errors import KafkaError

from shared.contracts.directory import DirectoryRevised
from shared.domain.errors import FactError
from shared.infra.contents import contents_of
from shared.infra.database import Connection, Database, retryable
from shared.infra.entities import Entities, Fact, Told, checksum, decode
from shared.infra.errors import DirectoryUnread, LogReplaced, Misconfigured
from shared.infra.facts import Facts, build_facts, load_facts
from shared.infra.health import Condition, Health
from shared.infra.reader import Reader
from shared.infra.register_postgres import (
    Standing,
    add_incoming,
    entities_in_force,
    read_book,
    standing,
    write_book,
)
from shared.infra.settings import Settings
from shared.infra.stream import Stream
from shared.infra.topics import DIRECTORY

PART = "directory"
POLL_SECONDS = 1.0
WAIT_SECONDS = 0.1
log = structlog.get_logger()


class Register:
    """Follows the directory for one process of one service."""

    def __init__(  # noqa: PLR0913 - who follows which topic, with what before it and after it
        self,
        service: str,
        settings: Settings,
        database: Database,
        health: Health,
        *,
        prepare: Callable[[Facts], object] = lambda facts: facts,
        facts: Facts | None = None,
        topic: str = DIRECTORY,
    ) -> None:
        """
        Follow *topic*; *prepare* works out ahead what the service makes of new facts.

        What it raises (FactError, ValueError, Misconfigured) says that they cannot be used.
        *facts* are in force until something has been published; without them those that ship with
        the code are, but only once it is known that nothing has been published.
        """
        self.reader = Reader(
            Stream(database, f"{service}-directory", self._on_facts, service),
            decode,
            topic,
            bootstrap=settings.kafka,
            # A topic's own group: a static member keeps the partitions of what it read before.
            group=f"{service}-{topic}",
            instance=settings.instance,
            health=health,
            after=self._wake_up,
        )
        self._database = database
        self._health = health
        self._prepare = prepare
        self._facts = facts
        self._checksum = ""
        self._built: tuple[str, Facts] | None = None
        self._callbacks: list[Callable[[Facts], None]] = []
        self._wake = asyncio.Event()
        health.report(PART, Condition.STARTING, "")
        health.report(self.reader.part, Condition.STARTING, "")

    def facts(self) -> Facts:
        """
        Return the facts in force now; whoever works by them takes them once for each batch.

        Raises DirectoryUnread when it is not known yet which they are.
        """
        if self._facts is None:
            raise DirectoryUnread
        return self._facts

    def on_change(self, callback: Callable[[Facts], None]) -> None:
        """Call *callback* with the new facts whenever others have come into force."""
        self._callbacks.append(callback)

    async def follow(self) -> None:
        """Look for a new revision every second, and whenever this process has read something."""
        while True:
            self._wake.clear()
            try:
                await self.refresh()
            except Exception as problem:
                if not retryable(problem):
                    raise
                self._health.report(PART, Condition.DATABASE_UNAVAILABLE, repr(problem))
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    async def read_to_end(self) -> None:
        """Return once the topic has been read to its end and there are facts to work by."""
        while True:
            if await self._is_read() and await self._is_settled():
                return
            await asyncio.sleep(WAIT_SECONDS)

    async def refresh(self) -> Standing:
        """Bring the revision in force, if it is another one, from the tables into this process."""
        async with self._database.connection() as connection:
            stands = await standing(connection)
            wanted, entities = stands.in_force, None
            if wanted is not None and wanted.checksum != self._checksum:
                entities = await entities_in_force(connection)
        complaint = stands.complaint
        # Between two statements another revision may have come: then the next look takes it.
        if entities is not None and wanted is not None and checksum(entities) == wanted.checksum:
            problem = await asyncio.to_thread(self._unusable, entities)
            if problem:
                complaint = f"revision {wanted.revision} {problem}"
            else:
                self._swap(wanted)
        if complaint:
            self._health.report(PART, Condition.DIRECTORY_REFUSED, complaint)
        else:
            self._health.fine(PART)
        return stands

    async def _on_facts(self, connection: Connection, facts: Sequence[Fact]) -> None:
        """Keep what was told; when a revision is among it, decide what is in force."""
        told = [it for it in facts if isinstance(it, Told)]
        if len(told) == len(facts):
            await add_incoming(connection, told)
            return
        book = await read_book(connection)
        before = book.entities
        for fact in facts:
            book.take(fact)
        await asyncio.to_thread(book.settle, self._unusable)
        for seen in book.seen:
            if seen.refused:
                number = seen.revision.revision
                log.warning("directory refused", revision=number, reason=seen.refused)
        await write_book(connection, before, book)

    def _unusable(self, entities: Entities) -> str:
        """Say why these entities cannot be worked by; empty when they can, and are prepared."""
        its = checksum(entities)
        if self._built is not None and self._built[0] == its:
            return ""
        try:
            facts = build_facts(contents_of(entities))
            self._prepare(facts)
        except (FactError, ValueError, Misconfigured) as problem:
            return f"cannot be used: {problem}"
        self._built = its, facts
        return ""

    def _swap(self, wanted: DirectoryRevised) -> None:
        if self._built is None or self._built[0] != wanted.checksum:
            return  # another revision was prepared meanwhile; the next look takes it
        self._checksum, facts = self._built
        self._put_in_force(facts)
        log.info("directory in force", revision=wanted.revision, units=len(facts.directory))

    def _put_in_force(self, facts: Facts) -> None:
        self._facts = facts
        for callback in self._callbacks:
            callback(facts)

    async def _is_read(self) -> bool:
        try:
            return await self.reader.behind() == 0
        except LogReplaced as problem:
            self._health.report(PART, Condition.LOG_REPLACED, str(problem))
        except (KafkaError, TimeoutError) as problem:
            self._health.report(PART, Condition.KAFKA_UNAVAILABLE, repr(problem))
        except Exception as problem:
            if not retryable(problem):
                raise
            self._health.report(PART, Condition.DATABASE_UNAVAILABLE, repr(problem))
        return False

    async def _is_settled(self) -> bool:
        """Tell whether the facts in force are known; those that ship are when nothing else is."""
        try:
            stands = await self.refresh()
        except Exception as problem:
            if not retryable(problem):
                raise
            return False
        published = stands.in_force is not None or bool(stands.complaint)
        if not published and self._facts is None:
            self._put_in_force(await asyncio.to_thread(self._shipped))
        return self._facts is not None and (self._checksum != "" or not published)

    def _shipped(self) -> Facts:
        try:
            facts = load_facts()
            self._prepare(facts)
        except (FactError, ValueError, OSError) as problem:
            raise Misconfigured(str(problem)) from problem
        return facts

    def _wake_up(self) -> None:
        self._wake.set()


async def facts_in_tables(connection: Connection) -> Facts:
    """
    Return the facts in force by the tables of a service; those that ship when there are none.

    Raises Misconfigured when this release cannot use them.
    """
    stands = await standing(connection)
    try:
        if stands.in_force is None:
            return load_facts()
        return build_facts(contents_of(await entities_in_force(connection)))
    except (FactError, ValueError, OSError) as problem:
        raise Misconfigured(f"directory: {problem}") from problem
