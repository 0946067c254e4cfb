"""
The directory follower: keeps the reference data of one service at the revision in force.

Reads ``qcdc.directory.v1``; changes the directory's tables of its own service. One instance of a
service reads the topic; all of them look at the tables every second, and replace the reference data
as a whole when a new revision is in force. A revision that cannot be used leaves the old one in
force.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date

import structlog

from shared.contracts.directory import DirectoryRevised
from shared.contracts.topics import DIRECTORY
from shared.directory.contents import contents_of
from shared.directory.entities import DirectoryMessage, Entities, EntityUpdate, checksum, decode
from shared.directory.errors import DirectoryUnread
from shared.directory.loading import build_reference_data, load_reference_data
from shared.directory.store import (
    RevisionStatus,
    add_incoming,
    entities_in_force,
    read_replica,
    revision_status,
    write_replica,
)
from shared.infra.errors import Misconfigured
from shared.infra.health import Health, HealthCondition
from shared.infra.kafka.consumer import ConsumerSupervisor
from shared.infra.kafka.subscription import subscriber
from shared.infra.postgres.database import Connection, Database
from shared.infra.settings import ServiceSettings
from shared.infra.start import Prerequisite
from shared.infra.supervised import Supervised
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData

PART = "directory"
"""The part of Health for the newest revision; tables and topic have parts of their own."""

REFERENCE_DATA = "reference data"
"""The part of Health that complains until there is any to answer by."""

CALENDAR = "calendar"
"""The part of Health for how long the calendar still reaches."""

POLL_SECONDS = 1.0
WAIT_SECONDS = 0.1
log = structlog.get_logger()


class DirectoryCondition(HealthCondition):
    """What may be wrong with the directory, beside the conditions of the plumbing."""

    UNREAD = "directory_unread", "qcdc directory apply", True
    REFUSED = "directory_refused", "qcdc directory apply"
    CALENDAR_ENDS_SOON = "calendar_ends_soon", "qcdc directory apply"


class DirectoryFollower:
    """Follows the directory for one process of one service."""

    def __init__(  # noqa: PLR0913 - who follows which topic, with what before it and after it
        self,
        service: str,
        settings: ServiceSettings,
        database: Database,
        health: Health,
        *,
        prepare: Callable[[ReferenceData], object] = lambda reference: reference,
        reference: ReferenceData | None = None,
        topic: str = DIRECTORY,
    ) -> None:
        """
        Follow *topic*; *prepare* works out ahead what the service makes of new reference data.

        What it raises (FactError, ValueError, Misconfigured) refuses the revision. *reference* is
        in force until something has been published; without it, what ships with the code is, but
        only once it is known that nothing has been published.
        """
        self.reader = self._consumer(service, settings, database, health, topic)
        self._database = database
        self._health = health
        self._prepare = prepare
        self._reference = reference
        self._checksum = ""
        self._built: tuple[str, ReferenceData] | None = None
        self._callbacks: list[Callable[[ReferenceData], None]] = []
        self._wake = asyncio.Event()
        health.starting(PART)
        if reference is None:
            health.starting(REFERENCE_DATA, DirectoryCondition.UNREAD)
        self._tables = Supervised(f"{PART} tables", health)
        self._topic = Supervised(f"{PART} topic", health, pause_seconds_max=WAIT_SECONDS)

    def _consumer(
        self,
        service: str,
        settings: ServiceSettings,
        database: Database,
        health: Health,
        topic: str,
    ) -> ConsumerSupervisor[DirectoryMessage]:
        # A topic's own group: a static member keeps the partitions of what it read before.
        subscription = subscriber[DirectoryMessage](
            topic,
            group=f"{service}-{topic}",
            stream=f"{service}-directory",
            decode=decode,
            keyed_states=True,
        )(self._on_messages)
        return ConsumerSupervisor(subscription, service, settings, database, health, self._wake_up)

    def reference(self) -> ReferenceData:
        """
        Return the reference data in force now; take it once for each batch.

        Raises DirectoryUnread when it is not known yet.
        """
        if self._reference is None:
            raise DirectoryUnread
        return self._reference

    def on_change(self, callback: Callable[[ReferenceData], None]) -> None:
        """Call *callback* with the new reference data whenever others have come into force."""
        self._callbacks.append(callback)

    async def follow(self) -> None:
        """Look for a new revision every second, and whenever this process has read something."""
        await self._tables.for_ever(self.refresh, self._pause)

    async def _pause(self, _: RevisionStatus) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def read_to_end(self) -> None:
        """Return once the topic has been read to its end and reference data is in force."""
        while True:
            if await self._topic.until_done(self._is_read_and_settled):
                return
            await asyncio.sleep(WAIT_SECONDS)

    @property
    def prerequisite(self) -> Prerequisite:
        """
        What a service does before its work begins.

        Following begins with the tables alone: a directory that was in force here serves HTTP
        while Kafka is away.
        """
        return Prerequisite(self.follow, self.reader.run, self.read_to_end)

    async def refresh(self) -> RevisionStatus:
        """Bring the revision in force, if it is another one, from the tables into this process."""
        async with self._database.connection() as connection:
            status = await revision_status(connection)
            wanted, entities = status.in_force, None
            if wanted is not None and wanted.checksum != self._checksum:
                entities = await entities_in_force(connection)
        complaint = status.complaint
        # Between two statements another revision may have come: then the next look takes it.
        if entities is not None and wanted is not None and checksum(entities) == wanted.checksum:
            problem = await asyncio.to_thread(self._unusable, entities)
            if problem:
                complaint = f"revision {wanted.revision} {problem}"
            else:
                self._swap(wanted)
        if complaint:
            self._health.complain(PART, DirectoryCondition.REFUSED, complaint)
        else:
            self._health.fine(PART)
        self._look_at_calendar(status.today)
        return status

    def _look_at_calendar(self, today: date) -> None:
        """Complain from two years before the calendar's end, while there is time to state more."""
        calendar = self._reference.calendar if self._reference else None
        if calendar is not None and calendar.ends_soon(today):
            detail = f"it ends on {calendar.last}"
            self._health.complain(CALENDAR, DirectoryCondition.CALENDAR_ENDS_SOON, detail)
        else:
            self._health.fine(CALENDAR)

    async def _on_messages(
        self, connection: Connection, messages: Sequence[DirectoryMessage]
    ) -> None:
        """Store pending entities; on DirectoryRevised decide whether it takes effect."""
        updates = [it for it in messages if isinstance(it, EntityUpdate)]
        if len(updates) == len(messages):
            await add_incoming(connection, updates)
            return
        replica = await read_replica(connection)
        before = replica.entities
        for message in messages:
            replica.take(message)
        await asyncio.to_thread(replica.settle, self._unusable)
        for seen in replica.seen:
            if seen.refused:
                number = seen.revision.revision
                log.warning("directory refused", revision=number, reason=seen.refused)
        await write_replica(connection, before, replica)

    def _unusable(self, entities: Entities) -> str:
        """Return why these entities cannot be loaded; empty when they can, and are prepared."""
        digest = checksum(entities)
        if self._built is not None and self._built[0] == digest:
            return ""
        try:
            reference = build_reference_data(contents_of(entities))
            self._prepare(reference)
        except (FactError, ValueError, Misconfigured) as problem:
            return f"cannot be used: {problem}"
        except Exception as problem:
            # Pure work on what was published: whatever fails in it fails for ever, and the
            # revision before stays in force. A day in the year 9999 makes an OverflowError.
            log.exception("directory cannot be used")
            return f"cannot be used: {problem!r}"
        self._built = digest, reference
        return ""

    def _swap(self, wanted: DirectoryRevised) -> None:
        if self._built is None or self._built[0] != wanted.checksum:
            return  # another revision was prepared meanwhile; the next look takes it
        self._checksum, reference = self._built
        self._put_in_force(reference)
        log.info("directory in force", revision=wanted.revision, units=len(reference.directory))

    def _put_in_force(self, reference: ReferenceData) -> None:
        self._reference = reference
        self._health.fine(REFERENCE_DATA)
        for callback in self._callbacks:
            callback(reference)

    async def _is_read_and_settled(self) -> bool:
        """
        Return whether reference data is in force; what ships is, when nothing was published.

        Behind an open breaker nothing more is read before an operator has looked, and what a newer
        release wrote is read by that release: meanwhile the revision in the tables is in force.
        """
        behind = await self.reader.behind()
        if behind and not (self.reader.waiting or await self.reader.inbox.open_breakers()):
            return False
        status = await self.refresh()
        published = bool(behind or status.in_force or status.complaint)
        if not published and self._reference is None:
            self._put_in_force(await asyncio.to_thread(self._shipped))
        return self._reference is not None and (self._checksum != "" or not published)

    def _shipped(self) -> ReferenceData:
        try:
            reference = load_reference_data()
            self._prepare(reference)
        except (FactError, ValueError, OSError) as problem:
            raise Misconfigured(str(problem)) from problem
        return reference

    def _wake_up(self) -> None:
        self._wake.set()


async def reference_data_in_tables(connection: Connection) -> ReferenceData:
    """
    Return the reference data in force by a service's tables; what ships when there is none.

    Raises Misconfigured when this release cannot use them.
    """
    status = await revision_status(connection)
    try:
        if status.in_force is None:
            return load_reference_data()
        return build_reference_data(contents_of(await entities_in_force(connection)))
    except (FactError, ValueError, OSError) as problem:
        raise Misconfigured(f"directory: {problem}") from problem
