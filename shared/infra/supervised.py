"""
The one retry loop: a part of a process goes on through every outage and says what is wrong.

An outage (see ``condition_of``) is reported to Health under the part's name and tried again after
a growing, jittered pause. A bug raises, unless the part is one that survives bugs: then it is
reported under the condition that the part gives, with its traceback in the log.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import structlog
from aiokafka.errors import KafkaError

from shared.infra.errors import ConsumerStalled, LogHeld, NotReady, TopicRefused, TopicsUnfit
from shared.infra.health import Condition, Health, HealthCondition
from shared.infra.postgres.database import outage

PAUSE_SECONDS_MIN = 0.1
PAUSE_SECONDS_MAX = 3.0
RECOVERED_AFTER_SECONDS = 60.0
"""Work that lasted so long had begun well: longer than any timeout within which it may fail."""

_CONDITIONS = (
    (NotReady, Condition.STARTING),
    (ConsumerStalled, Condition.BEHIND_WITHOUT_PROGRESS),
    (TopicsUnfit, Condition.TOPIC_UNFIT),
    (TopicRefused, Condition.TOPIC_REFUSED),
    (KafkaError, Condition.KAFKA_UNAVAILABLE),
)

T = TypeVar("T")
log = structlog.get_logger()


def condition_of(problem: BaseException) -> Condition | None:
    """
    Name the outage behind *problem*; None when it is a bug of ours.

    aiokafka wraps what the network does to it; a bare OSError or TimeoutError is asyncpg's.
    """
    if isinstance(problem, LogHeld):
        return problem.condition
    named = (it for kind, it in _CONDITIONS if isinstance(problem, kind))
    return next(named, None) or outage(problem)


async def retry(
    work: Callable[[], Awaitable[T]],
    on_failure: Callable[[Exception, int], None],
    pause_seconds_max: float = PAUSE_SECONDS_MAX,
) -> T:
    """
    Return what *work* returns; begin it again, after a pause, whenever it fails.

    *on_failure* is given the problem and how many came in a row; what it raises ends this.
    """
    now = asyncio.get_running_loop().time
    failures = 0
    while True:
        began = now()
        try:
            return await work()
        except Exception as problem:  # noqa: BLE001 - *on_failure* raises what is a bug
            _end_if_cancelled(problem)
            # Work that had lasted for a while has met another outage than the last.
            failures = 1 if now() - began > RECOVERED_AFTER_SECONDS else failures + 1
            on_failure(problem, failures)
            await asyncio.sleep(_pause(failures, pause_seconds_max))


def _end_if_cancelled(problem: Exception) -> None:
    """
    Raise the cancellation that *problem* has taken the place of.

    asyncpg does that when the server has closed the connection of the transaction that is left.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from problem


def only_outages(problem: Exception, _: int) -> None:
    """Raise *problem* again if it is a bug; log the outage otherwise."""
    if condition_of(problem) is None:
        raise problem
    log.warning("retrying", problem=repr(problem))


class Supervised:
    """One part of a process; it is ``starting`` in Health until its work first succeeds."""

    def __init__(
        self,
        part: str,
        health: Health,
        *,
        bugs: HealthCondition | None = None,
        pause_seconds_max: float = PAUSE_SECONDS_MAX,
        tolerated: int = 0,
    ) -> None:
        """
        Declare *part*.

        *bugs* is the condition under which bugs are reported and survived; without it they raise.
        The first *tolerated* outages in a row are retried without a report.
        """
        self.part = part
        self._health = health
        self._bugs = bugs
        self._pause_seconds_max = pause_seconds_max
        self._tolerated = tolerated
        self._logged = ""
        health.starting(part)

    def fine(self) -> None:
        """Withdraw what the part has reported."""
        self._logged = ""
        self._health.fine(self.part)

    def complain(self, problem: Exception, failures: int | None = None) -> None:
        """Report an outage; raise *problem* when it is a bug that this part does not survive."""
        found = condition_of(problem)
        condition = found or self._bugs
        if condition is None:
            raise problem
        if found and failures is not None and failures <= self._tolerated:
            return
        self._health.complain(self.part, condition, repr(problem))
        if found is None and self._logged != repr(problem):
            self._logged = repr(problem)
            log.error("failing", part=self.part, problem=self._logged, exc_info=problem)

    async def until_done(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what *work* returns, begun again for as long as an outage interrupts it."""
        result = await retry(work, self.complain, self._pause_seconds_max)
        self.fine()
        return result

    async def for_ever(
        self, work: Callable[[], Awaitable[T]], pause: Callable[[T], Awaitable[object]]
    ) -> NoReturn:
        """Alternate *work* and *pause*, which is given what the work returned."""
        while True:
            await pause(await self.until_done(work))


def _pause(failures: int, seconds_max: float) -> float:
    """Double with every failure; a random half of it, so that many do not come back at once."""
    seconds = min(seconds_max, PAUSE_SECONDS_MIN * 2.0 ** min(failures, 10))
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
