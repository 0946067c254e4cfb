"""
Judge what is parked, in the order of arrival, when other reference data have come into force.

Reads and changes parked submissions; changes journal, slots, handovers and questions; publishes
the receipts and reports of what has its verdict now, with the time of receipt that it had.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from services.intake.store import parked
from services.intake.usecases.receive import ReceiveSubmissions
from shared.infra.health import Condition, Health, HealthCondition
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised

PART = "parked submissions"
LOOK_SECONDS = 2.0
JUDGE_SECONDS = 60.0
"""Also without a change: what was received during the last one may wait for no reason."""

SUBMISSIONS_AT_ONCE = 200
_FAILED = "judgement_failed"


class ParkingCondition(HealthCondition):
    """Why submissions have no verdict yet."""

    REFERENCE_DATA_MISSING = "submissions_parked", "qcdc directory apply"
    JUDGEMENT_FAILED = _FAILED, "nothing: they are judged again; the log has the cause"


class JudgeParked:
    """Judges again at the start, at every change, and at intervals."""

    def __init__(
        self,
        database: Database,
        receive_submissions: ReceiveSubmissions,
        health: Health,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Call *after* once verdicts are durable, so that their outbox rows leave at once."""
        self._database = database
        self._receive_submissions = receive_submissions
        self._health = health
        self._after = after
        self._changed = asyncio.Event()
        self._judge_at = 0.0
        # A fault here must not end the process: those who send now are judged all the same.
        self._supervised = Supervised(PART, health, bugs=Condition.HANDLER_FAILING)

    def on_change(self, _: object) -> None:
        """Judge again soon: other reference data are in force."""
        self._changed.set()

    async def run(self) -> None:
        """Look for ever."""
        await self._supervised.for_ever(self.look, self._pause)

    async def look(self) -> None:
        """Judge again if it is time, and say what is still parked."""
        now = time.monotonic()
        if self._changed.is_set() or now >= self._judge_at:
            self._changed.clear()
            self._judge_at = 0.0  # so that what fails now is begun again
            await self.judge()
            self._judge_at = now + JUDGE_SECONDS
        async with self._database.connection() as connection:
            self._complain(dict(await parked.reasons(connection)))

    async def judge(self) -> None:
        """Judge everything that is parked once, some submissions a transaction."""
        last = 0
        while True:
            async with self._database.transaction() as connection:
                await self._receive_submissions.journal.enter(connection)
                some, last = await parked.after(connection, last, SUBMISSIONS_AT_ONCE)
                judged = await self._receive_submissions.judge_again(connection, some)
            if judged:
                self._after()
            if not some:
                break

    def _complain(self, reasons: dict[str, int]) -> None:
        failed = reasons.pop(_FAILED, 0)
        for condition, count, detail in (
            (ParkingCondition.REFERENCE_DATA_MISSING, sum(reasons.values()), str(reasons)),
            (ParkingCondition.JUDGEMENT_FAILED, failed, "judging raised"),
        ):
            part = f"{PART}: {condition}"
            if count:
                self._health.complain(part, condition, detail, count)
            else:
                self._health.fine(part)

    async def _pause(self, _: None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changed.wait()
