"""
Health is progress, not a ping: what each part of a process last said of itself.

Live means that the event loop turns. Ready means that no part has anything to report; a reason
is a ``Condition``, or one that the part itself defines, so that an operator's alert can name it.
Whoever builds a part declares it as ``starting``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Condition(StrEnum):
    """Why a service is not ready."""

    STARTING = "starting"
    KAFKA_UNAVAILABLE = "kafka_unavailable"
    DATABASE_UNAVAILABLE = "database_unavailable"
    BEHIND_WITHOUT_PROGRESS = "behind_without_progress"
    HANDLER_FAILING = "handler_failing"
    BREAKER_OPEN = "breaker_open"
    LOST_WINDOW = "lost_window"
    LOG_REPLACED = "log_replaced"
    SCAN_FAILING = "scan_failing"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one part of the process has to report."""

    condition: StrEnum
    detail: str


class Health:
    """The complaints of one process, by part."""

    def __init__(self) -> None:
        self._complaints: dict[str, Complaint] = {}

    def starting(self, part: str) -> None:
        """Declare *part*: the process is not ready before it says ``fine``."""
        self.complain(part, Condition.STARTING, "")

    def complain(self, part: str, condition: StrEnum, detail: str) -> None:
        """Let *part* complain until it says ``fine``."""
        self._complaints[part] = Complaint(condition, detail[:300])

    def fine(self, part: str) -> None:
        """Withdraw what *part* had to complain of."""
        self._complaints.pop(part, None)

    @property
    def complaints(self) -> Mapping[str, Complaint]:
        """What keeps the process from being ready; empty when it is."""
        return MappingProxyType(dict(self._complaints))
