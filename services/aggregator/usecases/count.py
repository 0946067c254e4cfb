"""
Command: count accepted and withdrawn reports.

Reads and changes the ledger; publishes nothing itself: the totals that it marks are announced by
``announce``.
"""

from collections.abc import Sequence

from services.aggregator.domain.fold import fold
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.ledger import Ledger
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.totals import settle


async def count_reports(ledger: Ledger, revisions: Sequence[Revision], layouts: Layouts) -> None:
    """Count a batch of revisions, in any order and number."""
    contents = await ledger.slots({revision.slot for revision in revisions})
    change = fold(contents, revisions, layouts)
    totals = await ledger.totals(change.moves)
    await ledger.save(change, settle(totals, change.moves, layouts))
