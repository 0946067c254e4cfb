"""Open the duties of each demand once its instant has come."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.notifier.domain.duty_rules import DutyRules
from services.notifier.domain.openings import DutyOpening, open_duties
from services.notifier.store.duties import OpenDutyStore
from shared.infra.postgres.database import Database
from shared.reference.slots import Slot

PAGE = 5_000
"""Duties opened in one transaction, at the least; one demand is never divided."""


class OpenDuties:
    """Changes duty; publishes ``DutyOpened`` and ``DutyMet``."""

    def __init__(
        self,
        database: Database,
        open_store: OpenDutyStore,
        after_publishing: Callable[[], None],
    ) -> None:
        self._database = database
        self._open_store = open_store
        self._after_publishing = after_publishing
        self._rules: DutyRules | None = None
        self._opened = 0  # openings of these rules that are done

    async def __call__(self, rules: DutyRules, now: datetime) -> None:
        """Open what is to be opened by now; after a restart all openings are checked again."""
        if rules is not self._rules:
            self._rules, self._opened = rules, 0
        while self._opened < len(rules.openings):
            slots, end = _next_page(rules.openings, self._opened, now)
            if end == self._opened:
                return
            async with self._database.connection() as connection:
                missing = await self._open_store(connection).missing(slots)
            if missing:
                await self._open(rules, [it for it in slots if it in missing], now)
            self._opened = end

    async def _open(self, rules: DutyRules, slots: Sequence[Slot], now: datetime) -> None:
        required = [rules.obligations.duties[slot] for slot in slots]
        async with self._database.transaction() as connection:
            store = self._open_store(connection)
            await store.lock_exclusive()
            records = await store.records(slots)
            await store.save(open_duties(records, required, now))
        self._after_publishing()


def _next_page(
    openings: Sequence[DutyOpening], start: int, now: datetime
) -> tuple[Sequence[Slot], int]:
    """Return the slots of the next openings whose instant has come, and the index after them."""
    slots: dict[Slot, None] = {}
    end = start
    while end < len(openings) and openings[end].opens_at <= now and len(slots) < PAGE:
        slots.update((duty.slot, None) for duty in openings[end].duties)
        end += 1
    return list(slots), end
