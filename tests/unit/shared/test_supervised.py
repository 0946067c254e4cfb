"""One loop tells an outage, which passes, from a bug, which does not."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError

from shared.infra.errors import ConsumerStalled, LogHeld, Partition
from shared.infra.health import Condition, Health
from shared.infra.supervised import Supervised, condition_of

PART = "a part"


class Work:
    """Fails with each of the problems in turn, then answers; notes what Health said meanwhile."""

    def __init__(self, health: Health, *problems: Exception) -> None:
        self._health = health
        self._problems: Iterator[Exception] = iter(problems)
        self.seen: list[str] = []

    async def __call__(self) -> str:
        complaint = self._health.complaints.get(PART)
        self.seen.append(complaint.condition if complaint else "fine")
        for problem in self._problems:
            raise problem
        return "done"


def supervised(health: Health, *, bugs: Condition | None = None, tolerated: int = 0) -> Supervised:
    """Supervise a part that waits no longer than a test may."""
    return Supervised(PART, health, bugs=bugs, tolerated=tolerated, pause_seconds_max=0.001)


@pytest.mark.parametrize(
    ("problem", "condition"),
    [
        (KafkaConnectionError(), Condition.KAFKA_UNAVAILABLE),
        (ConnectionRefusedError(), Condition.DATABASE_UNAVAILABLE),
        (TimeoutError(), Condition.DATABASE_UNAVAILABLE),
        (asyncpg.DeadlockDetectedError("deadlock"), Condition.DATABASE_BUSY),
        (asyncpg.TooManyConnectionsError("53300"), Condition.DATABASE_UNAVAILABLE),
        (asyncpg.DiskFullError("53100"), Condition.DATABASE_REFUSES_WRITES),
        (asyncpg.OutOfMemoryError("53200"), Condition.DATABASE_REFUSES_WRITES),
        (asyncpg.ReadOnlySQLTransactionError("25006"), Condition.DATABASE_REFUSES_WRITES),
        (asyncpg.PostgresIOError("58030"), Condition.DATABASE_REFUSES_WRITES),
        (asyncpg.IdleInTransactionSessionTimeoutError("25P03"), Condition.DATABASE_BUSY),
        (LogHeld({Partition("t", 0): Condition.LOST_WINDOW}), Condition.LOST_WINDOW),
        (ConsumerStalled([Partition("any", 0)]), Condition.BEHIND_WITHOUT_PROGRESS),
        (asyncpg.UndefinedTableError("no table"), None),
        (KeyError("unit"), None),
    ],
)
def test_an_outage_is_told_from_a_bug(problem: Exception, condition: Condition | None) -> None:
    """Retrying a bug for ever hides it; dying of an outage makes one failure two."""
    assert condition_of(problem) is condition


async def test_an_outage_is_reported_until_the_work_succeeds() -> None:
    """An operator sees what is away, and that it is back."""
    health = Health()
    part = supervised(health)
    work = Work(health, KafkaConnectionError(), ConnectionResetError())

    answer = await part.until_done(work)

    assert answer == "done"
    assert work.seen == ["starting", "kafka_unavailable", "database_unavailable"]
    assert not health.complaints


async def test_a_bug_raises() -> None:
    """Nobody retries what the same code will get wrong again."""
    health = Health()
    work = Work(health, ValueError("a bug"))

    with pytest.raises(ValueError, match="a bug"):
        await supervised(health).until_done(work)
    assert work.seen == ["starting"]


async def test_a_part_that_survives_bugs_reports_them_as_such() -> None:
    """An operator must not look for an outage when the code is at fault, nor the other way."""
    health = Health()
    work = Work(health, ValueError("a bug"), ConnectionRefusedError())

    await supervised(health, bugs=Condition.SCAN_FAILING).until_done(work)

    assert work.seen == ["starting", "scan_failing", "database_unavailable"]


async def test_tolerated_outages_are_not_reported() -> None:
    """A part that may be late once in a while does not take the process out of service."""
    health = Health()
    work = Work(health, *(TimeoutError() for _ in range(4)))

    await supervised(health, tolerated=2).until_done(work)

    assert work.seen == ["starting"] * 3 + ["database_unavailable"] * 2


async def test_outages_in_a_row_are_counted_however_slowly_they_fail() -> None:
    """What runs into a timeout longer than the pause fails in a row too, and is reported."""
    health, work_seconds = Health(), 0.01
    work = Work(health, *(TimeoutError() for _ in range(4)))

    async def slow() -> str:
        await asyncio.sleep(work_seconds)
        return await work()

    await supervised(health, tolerated=2).until_done(slow)

    assert work.seen == ["starting"] * 3 + ["database_unavailable"] * 2


async def test_work_and_pause_alternate_for_ever() -> None:
    """The pause is told what the work returned, so that a busy part need not wait."""
    health, paused = Health(), list[str]()
    third = asyncio.Event()

    async def pause(answer: str) -> None:
        paused.append(answer)
        if len(paused) == 3:
            third.set()
        await asyncio.sleep(0)

    task = asyncio.create_task(supervised(health).for_ever(Work(health), pause))
    await third.wait()
    task.cancel()

    assert paused[:3] == ["done"] * 3


async def test_a_cancellation_ends_it_even_if_an_outage_takes_its_place() -> None:
    """Leaving a transaction whose connection the server closed raises; the process must end."""
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise asyncpg.InterfaceError("the underlying connection is closed")

    task = asyncio.create_task(supervised(Health()).until_done(work))
    await begun.wait()
    task.cancel()

    (outcome,) = await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 5)
    assert isinstance(outcome, asyncio.CancelledError)
