"""
Command: count accepted and withdrawn reports.

Reads and changes the ledger; publishes nothing itself: the totals that it marks are announced by
``announce``.
"""

from collections.abc import Callable, Sequence

from services.aggregator.domain.fold import fold
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.ledger import Ledger
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.totals import settle
from shared.infra.kafka.inbox import Effect
from shared.infra.postgres.database import Connection


def count_reports(
    open_ledger: Callable[[Connection], Ledger], layouts: Layouts
) -> Effect[Revision]:
    """Return the effect of a batch of accepted and withdrawn reports."""

    async def count(connection: Connection, revisions: Sequence[Revision]) -> None:
        ledger = open_ledger(connection)
        held = await ledger.held({revision.slot for revision in revisions})
        changed = fold(held, revisions, layouts)
        totals = await ledger.totals(changed.moves)
        await ledger.save(changed, settle(totals, changed.moves, layouts))

    return count
