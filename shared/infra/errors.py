"""
Every exception of the plumbing; an exception means "try again" or "a bug", never "bad data".

QcdcError
├── Misconfigured      the operator must mend something; the process exits with 78
├── PositionGap        the log and the stored position disagree; read again from the position
├── BreakerOpen        too many unreadable records in a row; the partition is paused
├── LogReplaced        the log is shorter than what was read: it is another log
├── ConsumerStalled    connected, behind, and nothing arrives: a new consumer is needed
└── NotReady           what an answer needs has not been read yet
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from aiokafka import TopicPartition

Partition: TypeAlias = TopicPartition
"""One partition of one topic."""


class QcdcError(Exception):
    """Something went wrong in QCDC."""


class Misconfigured(QcdcError):
    """The configuration does not allow to start; the message says which command mends it."""


class PositionGap(QcdcError):
    """A batch begins beyond the stored position."""

    def __init__(self, positions: Mapping[Partition, int]) -> None:
        super().__init__(f"stored positions: {dict(positions)}")
        self.positions = positions


class BreakerOpen(QcdcError):
    """Too many unreadable records in a row: something is wrong on our side or the sender's."""

    def __init__(self, positions: Mapping[Partition, int]) -> None:
        super().__init__(f"stopped at {dict(positions)}")
        self.positions = positions


class LogReplaced(QcdcError):
    """Kafka holds less than was read from it; its new records would look like old ones."""

    def __init__(self, partitions: Sequence[Partition]) -> None:
        super().__init__(f"the log is shorter than what was read: {list(partitions)}")
        self.partitions = partitions


class ConsumerStalled(QcdcError):
    """The consumer is connected and behind, and has not moved for too long."""

    def __init__(self, behind: int) -> None:
        super().__init__(f"{behind} records behind")


class NotReady(QcdcError):
    """What the answer needs has not been read yet; ask again later."""
