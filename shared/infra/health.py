"""
Health: whether the process can answer, and what each part of it last complained of.

Live means that the event loop turns. Ready means that the process can answer over HTTP. A complaint
says what is wrong, whether or not anybody who asks notices it; its condition is a ``Condition``, or
one that the part itself defines, so that an operator's alert can name it.
Whoever builds a part declares it as ``starting``.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self

import structlog

log = structlog.get_logger()


class HealthCondition(StrEnum):
    """
    What may be wrong; each member has a row in the operators' table of docs/OPERATIONS.md.

    ``remedy`` is a verb of ``qcdc``, or begins with "nothing:" and says how the condition ends.
    ``prevents_answers`` tells whether HTTP cannot answer meanwhile, so that nobody should ask.
    """

    remedy: str
    prevents_answers: bool

    def __new__(cls, value: str, remedy: str = "", prevents_answers: bool = False) -> Self:
        """Make a member of its name on the wire, its remedy, and whether it prevents answers."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.remedy = remedy
        member.prevents_answers = prevents_answers
        return member


class Condition(HealthCondition):
    """What may be wrong with a part of the plumbing."""

    STARTING = "starting", "nothing: it ends by itself", True
    STOPPING = "stopping", "nothing: it ends by itself", True
    DATABASE_UNAVAILABLE = (
        "database_unavailable",
        "nothing: it goes on once the server is back",
        True,
    )
    DATABASE_REFUSES_WRITES = (
        "database_refuses_writes",
        "nothing: it goes on once the server can write again",
    )
    DATABASE_BUSY = "database_busy", "nothing: it is tried again"
    KAFKA_UNAVAILABLE = "kafka_unavailable", "nothing: it goes on once the server is back"
    BEHIND_WITHOUT_PROGRESS = "behind_without_progress", "nothing: the consumer is replaced"
    HANDLER_FAILING = "handler_failing", "nothing: it is tried again; the log has a traceback"
    SCAN_FAILING = "scan_failing", "nothing: it is tried again; the log has a traceback"
    BREAKER_OPEN = "breaker_open", "qcdc dead-letters reset"
    LOST_WINDOW = "lost_window", "qcdc positions accept-loss"
    LOG_REPLACED = "log_replaced", "qcdc positions accept-loss"
    NEWER_THAN_THIS_RELEASE = (
        "newer_than_this_release",
        "nothing: it goes on once that release is installed",
    )
    TOPIC_REFUSED = "topic_refused", "qcdc topics apply"
    TOPIC_UNFIT = "topic_unfit", "qcdc topics apply"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one part of the process has to report, since when (seconds of the epoch)."""

    condition: HealthCondition
    detail: str
    """For the log only: it may name users, databases and addresses."""
    since: float
    count: int | None = None
    """Of how many things it complains; None where that is not counted."""


class Health:
    """The complaints of one process, by part."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._complaints: dict[str, Complaint] = {}
        self._waits_for_all = True

    def starting(self, part: str, condition: HealthCondition = Condition.STARTING) -> None:
        """Declare *part*: the process is not ready before it says ``fine``."""
        self._complaints[part] = Complaint(condition, "", self._clock())

    def complain(
        self, part: str, condition: HealthCondition, detail: str, count: int | None = None
    ) -> None:
        """Let *part* complain until it says ``fine``; the log has the detail."""
        before = self._complaints.get(part)
        same = before is not None and before.condition is condition
        since = before.since if before and same else self._clock()
        complaint = Complaint(condition, detail[:300], since, count)
        if complaint != before:
            log.warning("complaint", part=part, condition=condition.value, detail=complaint.detail)
        self._complaints[part] = complaint

    def fine(self, part: str) -> None:
        """Withdraw what *part* had to complain of."""
        ended = self._complaints.pop(part, None)
        if ended is not None and ended.detail:
            log.info("complaint ended", part=part, condition=ended.condition.value)

    def answer_while_starting(self) -> None:
        """Let parts that are still ``starting`` prevent no answers: they may wait for long."""
        self._waits_for_all = False

    @property
    def complaints(self) -> Mapping[str, Complaint]:
        """Everything that is wrong."""
        return MappingProxyType(dict(self._complaints))

    @property
    def obstacles(self) -> Mapping[str, Complaint]:
        """The complaints that keep the process from answering; empty when it is ready."""
        return {
            part: it
            for part, it in self._complaints.items()
            if it.condition.prevents_answers
            and (self._waits_for_all or it.condition is not Condition.STARTING)
        }
