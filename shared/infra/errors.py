"""
Every exception of the plumbing; an exception means "try again" or "a bug", never "bad data".

QcdcError
├── Misconfigured      the operator must mend something; the process exits with 78
├── PositionGap        the log and the stored position disagree; read again from the position
├── BreakerOpen        too many unreadable records within a time; the partition is paused
├── LogHeld            a log is not the one that was read, or lost records unread
├── ReleaseTooOld      what we wrote ourselves is for a newer release; the partition is paused
├── ConsumerStalled    connected, behind, and nothing arrives: a new consumer is needed
├── TopicsUnfit        topics of ours are missing or not as they must be; the start waits for them
├── TopicRefused       Kafka answers, and takes no records for one topic; what waits there waits on
└── NotReady           what an answer needs has not been read yet
"""

from collections.abc import Collection, Mapping
from typing import TypeAlias

from aiokafka import TopicPartition

from shared.infra.health import Condition

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
    """Too many unreadable records: something is wrong on our side or the sender's."""

    def __init__(self, positions: Mapping[Partition, int]) -> None:
        super().__init__(f"stopped at {dict(positions)}")
        self.positions = positions


class LogHeld(QcdcError):
    """Logs that are not those that were read, or lost records unread; an operator must decide."""

    def __init__(self, held: Mapping[Partition, Condition]) -> None:
        super().__init__(
            "; ".join(f"{it.topic}/{it.partition}: {why}" for it, why in held.items())
            + "; see: qcdc positions show"
        )
        self.held = held

    @property
    def condition(self) -> Condition:
        """Why: the reason of one of them."""
        return next(iter(self.held.values()))


class ReleaseTooOld(QcdcError):
    """Records that we wrote ourselves are for a newer release; their partitions wait for it."""

    def __init__(self, stopped: Mapping[Partition, tuple[int, str]]) -> None:
        super().__init__(f"stopped, offset and reason: {dict(stopped)}")
        self.stopped = stopped


class TopicsUnfit(QcdcError):
    """Topics that the service needs are missing or unfit; the message says which command helps."""


class ConsumerStalled(QcdcError):
    """The consumer is connected, and some of its partitions stand although they are behind."""

    def __init__(self, partitions: Collection[Partition]) -> None:
        names = ", ".join(sorted(f"{it.topic}/{it.partition}" for it in partitions))
        super().__init__(f"nothing is read of {names}")


class TopicRefused(QcdcError):
    """Kafka answers, and does not take what is written to one topic."""

    def __init__(self, topic: str, problem: Exception) -> None:
        super().__init__(f"{topic}: {problem or type(problem).__name__}")
        self.topic = topic


class NotReady(QcdcError):
    """What the answer needs has not been read yet; ask again later."""
