"""Sees a partition that stands although there is something to read, beside others that move."""

from collections.abc import Collection, Mapping

from shared.infra.errors import Partition
from shared.infra.health import Condition, Health

STALLED_AFTER_SECONDS = 60.0


class Progress:
    """Follows the positions of one consumer's partitions, also over its replacements."""

    def __init__(self, health: Health) -> None:
        self.standing: Mapping[Partition, float] = {}
        """For how many seconds each partition that is behind has not moved."""
        self._health = health
        self._since: dict[Partition, tuple[int, float]] = {}
        self._reported: set[Partition] = set()

    def observe(
        self, now: float, positions: Mapping[Partition, int], behind: Collection[Partition]
    ) -> None:
        """Take note of the *positions* at *now* (seconds, monotonic); report who has stalled."""
        before = self._since
        self._since = {}
        for partition in behind:
            position = positions.get(partition, 0)
            seen = before.get(partition)
            self._since[partition] = seen if seen and seen[0] == position else (position, now)
        self.standing = {it: now - since for it, (_, since) in self._since.items()}
        for partition in self._reported - self.stalled:
            self._health.fine(_part(partition))
        for partition in self.stalled:
            detail = f"at offset {positions.get(partition, 0)}"
            self._health.complain(_part(partition), Condition.BEHIND_WITHOUT_PROGRESS, detail)
        self._reported = self.stalled

    @property
    def stalled(self) -> set[Partition]:
        """The partitions that have been standing for too long."""
        return {it for it, seconds in self.standing.items() if seconds > STALLED_AFTER_SECONDS}


def _part(partition: Partition) -> str:
    return f"partition {partition.topic}/{partition.partition}"
