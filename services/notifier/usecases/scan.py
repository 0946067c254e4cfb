"""
The scan: every second, open what has begun to be owed and find what has become overdue.

Reads duties and filings; changes duties, stages and notices; publishes ``DutyOpened``,
``DutyMet``, ``DutyBecameOverdue``, ``DutyPostponed`` and ``DutyExcused``. A failed query or an
unknown lag fails the scan; it never reads as "nobody" or "everybody".

When the reference data changes, and once a day because roles have dates, every duty that is not
met is held against them, page by page. Between changes only what is due is read.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from services.notifier.domain.duties import Changes, Duty, Entry, Slot, State, after, together
from services.notifier.domain.openings import Opening, open_duties
from services.notifier.domain.reconcile import Wanted, agrees, reconcile, wanted
from services.notifier.domain.scan import STAGE_OVERDUE, Audience, Plan, address, decide, plan
from services.notifier.store.docket import Docket, OpenDocket
from services.notifier.usecases.horizon import Horizon
from shared.infra.postgres.database import Database
from shared.infra.supervised import Supervised
from shared.reference.periods import VIETNAM

# More in one go than any province has units, so that one deadline makes one digest.
DUE_MAX = 20_000
PAGE = 5_000
"""Duties that are opened, or held against new facts, in one transaction."""

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class _Known:
    """The facts of one pass, all of one revision; known by identity."""

    openings: tuple[Opening, ...]
    wanted: Wanted
    audience: Audience


@dataclass(frozen=True)
class _News:
    """What a look at some duties has to change and to tell."""

    changes: Changes
    plan: Plan

    def __bool__(self) -> bool:
        return bool(self.changes.duties or self.plan.items)


class Scan:
    """Opens duties, follows the facts, and calls overdue what is."""

    def __init__(
        self,
        database: Database,
        docket: OpenDocket,
        horizon: Horizon,
        openings: Callable[[], tuple[Opening, ...]],
        audience: Callable[[], Audience],
        after: Callable[[], None],
    ) -> None:
        """Work by what *openings* and *audience* say; the same facts give the same objects."""
        self._database = database
        self._docket = docket
        self._horizon = horizon
        self._openings = openings
        self._audience = audience
        self._after = after
        self._known: _Known | None = None
        self._opened = 0
        self._followed: tuple[_Known, date] | None = None

    async def run(self, seconds: float, supervised: Supervised) -> None:
        """Scan until cancelled, every *seconds*."""
        await supervised.for_ever(self.once, lambda _: asyncio.sleep(seconds))

    def has_followed(self) -> bool:
        """Tell whether every duty has been held against the facts in force now."""
        if self._followed is None:
            return False
        known, _ = self._followed
        return known.openings is self._openings() and known.audience is self._audience()

    async def once(self) -> None:
        """Follow the facts, open what is to be opened, then judge what is due and known."""
        known = self._facts()
        now = (await self._horizon.moment()).now
        day = now.astimezone(VIETNAM).date()
        if self._followed != (known, day):
            await self._follow(known, now, day)
            self._followed = known, day
        await self._open(known, now)
        as_of = await self._horizon.as_of()
        # Whom newer facts grant more time must not be accused by those that the pass began with.
        if as_of is not None and await self._judge(self._facts(), as_of, day):
            self._after()

    def _facts(self) -> _Known:
        openings, audience = self._openings(), self._audience()
        known = self._known
        if known is None or known.openings is not openings:
            known = self._known = _Known(openings, wanted(openings), audience)
            self._opened = 0
        elif known.audience is not audience:
            known = self._known = _Known(openings, known.wanted, audience)
        return known

    async def _follow(self, known: _Known, now: datetime, day: date) -> None:
        """Hold every duty that is not met against the facts; most pages change nothing."""
        beyond: Slot | None = None
        while True:
            async with self._database.connection() as connection:
                docket = self._docket(connection)
                page = await docket.unmet(beyond, PAGE)
                slots = [it.slot for it in page if _concerns(it, known.wanted)]
                news = await _news(docket, slots, known, now, day)
            if news:
                await self._change(known, slots, now, day)
            if not page:
                return
            beyond = page[-1].slot

    async def _change(self, known: _Known, slots: Sequence[Slot], now: datetime, day: date) -> None:
        """Look again with everybody else held off, and save what is new."""
        async with self._database.transaction() as connection:
            docket = self._docket(connection)
            await docket.reserve()
            news = await _news(docket, slots, known, now, day)
            await docket.change(news.changes)
            await docket.plan(news.plan)
        self._after()

    async def _open(self, known: _Known, now: datetime) -> None:
        """Open each demand's duties once its instant has come; again after a restart, in vain."""
        while self._opened < len(known.openings):
            batch, end = _batch(known.openings, self._opened, now)
            if end == self._opened:
                return
            async with self._database.connection() as connection:
                missing = await self._docket(connection).missing(batch)
            if missing:
                asked = [known.wanted.duties[slot] for slot in batch if slot in missing]
                async with self._database.transaction() as connection:
                    docket = self._docket(connection)
                    await docket.reserve()
                    entries = await docket.entries(missing)
                    await docket.change(open_duties(entries, asked, now))
                self._after()
            self._opened = end

    async def _judge(self, known: _Known, as_of: datetime, day: date) -> int:
        async with self._database.transaction() as connection:
            docket = self._docket(connection)
            if not await docket.due(as_of, 1):
                return 0  # without a lock, every second
            await docket.reserve()
            due = await docket.due(as_of, DUE_MAX)
            now = (await docket.moment()).now
            # Facts may have changed while a duty was met, and a withdrawal opened it again.
            followed = reconcile(due, known.wanted, now)
            judged = decide(after(due, followed), as_of)
            changes = together((followed, judged))
            await docket.change(changes)
            late = [slot for slot, duty in changes.duties.items() if duty.state is State.OVERDUE]
            await docket.enter_stage(late, STAGE_OVERDUE, as_of)
            await docket.plan(await _plan(docket, after(due, changes), known, now, day))
        return len(due)


def _batch(openings: Sequence[Opening], first: int, now: datetime) -> tuple[dict[Slot, None], int]:
    """Return the slots of the next openings whose instant has come, and where they end."""
    slots: dict[Slot, None] = {}
    end = first
    while end < len(openings) and openings[end].opens_at <= now and len(slots) < PAGE:
        slots.update((duty.slot, None) for duty in openings[end].duties)
        end += 1
    return slots, end


def _concerns(duty: Duty, reference: Wanted) -> bool:
    """Tell whether to look closer: the facts change it, or somebody may not have heard of it."""
    return duty.state is State.OVERDUE or not agrees(duty, reference)


async def _news(
    docket: Docket, slots: Sequence[Slot], known: _Known, now: datetime, day: date
) -> _News:
    entries = list((await docket.entries(slots)).values()) if slots else []
    changes = reconcile(entries, known.wanted, now)
    return _News(changes, await _plan(docket, after(entries, changes), known, now, day))


async def _plan(
    docket: Docket, entries: Sequence[Entry], known: _Known, now: datetime, day: date
) -> Plan:
    """Return how everybody whom it concerns on this day hears of what is overdue here."""
    addressed = address(entries, known.audience, day)
    late = {duty.slot for duties in addressed.values() for duty, _ in duties}
    if not late:
        return Plan()
    told = await docket.told(late, STAGE_OVERDUE)
    return plan(addressed, told, await docket.desks(addressed), now)
