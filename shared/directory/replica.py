"""
Which revision of the directory is in force, for a reader of its topic from the beginning.

Pure: a service keeps a ``DirectoryReplica`` in its tables, an operator's command reads one from
Kafka.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.contracts.directory import DirectoryRevised
from shared.directory.entities import DirectoryMessage, Entities, EntityUpdate, checksum


@dataclass(frozen=True, slots=True)
class SeenRevision:
    """A revision that was read; ``refused`` says why it is not in force, empty when it is."""

    revision: DirectoryRevised
    refused: str = ""


@dataclass(slots=True)
class _Candidate:
    place: int
    revision: DirectoryRevised
    entities: Entities


@dataclass(slots=True)
class DirectoryReplica:
    """
    What a reader of the topic holds: what is in force, and the newest record of every key.

    The two differ while a publication is under way, and where one was cut short.
    """

    in_force: DirectoryRevised | None = None
    entities: Entities = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    seen: list[SeenRevision] = field(default_factory=list)
    _candidates: list[_Candidate] = field(default_factory=list)

    @property
    def unfinished(self) -> bool:
        """Whether there are records that no revision has put in force."""
        return self.latest != self.entities

    @property
    def highest(self) -> int:
        """The highest number that any revision bears, refused or not."""
        known = [it.revision.revision for it in self.seen]
        return max([*known, self.in_force.revision if self.in_force else 0])

    def copy(self) -> "DirectoryReplica":
        """Return a replica that goes on from here without changing this one."""
        return DirectoryReplica(self.in_force, self.entities, dict(self.latest), list(self.seen))

    def take(self, message: DirectoryMessage) -> None:
        """Apply the next record of the topic."""
        if isinstance(message, EntityUpdate):
            if message.content is None:
                self.latest.pop(message.key, None)
            else:
                self.latest[message.key] = message.content
            return
        newest = self._candidates[-1].revision if self._candidates else self.in_force
        refused = refusal(message, newest, self.latest)
        self.seen.append(SeenRevision(message, refused))
        if not refused:
            self._candidates.append(_Candidate(len(self.seen) - 1, message, dict(self.latest)))

    def settle(self, unusable: Callable[[Entities], str]) -> None:
        """
        Put the newest revision in force that can be used; *unusable* says why one cannot.

        Tries candidates newest first, and stops at the first that loads.
        """
        for candidate in reversed(self._candidates):
            reason = unusable(candidate.entities)
            if not reason:
                self.in_force, self.entities = candidate.revision, candidate.entities
                break
            self.seen[candidate.place] = SeenRevision(candidate.revision, reason)
        self._candidates.clear()


def refusal(revision: DirectoryRevised, newest: DirectoryRevised | None, latest: Entities) -> str:
    """
    Return why a revision may not come into force for a reader that holds *latest*; empty if it may.

    A base beyond what is in force means that compaction has removed revisions in between: what
    counts then is that the checksum holds.
    """
    repeated = newest is not None and (newest.revision, newest.checksum) == (
        revision.revision,
        revision.checksum,
    )
    if newest is not None and revision.base < newest.revision and not repeated:
        return f"is based on revision {revision.base}, but {newest.revision} is in force"
    if len(latest) != revision.entities or checksum(latest) != revision.checksum:
        return (
            f"is incomplete: {len(latest)} entities were read, {revision.entities} are meant,"
            " or some are others than were meant"
        )
    return ""
