"""
The ledger in PostgreSQL: at most six set-based statements for a batch of any size.

Rows are locked by statements of their own, before those that change them: a row that another
transaction has just changed would otherwise be read as it was before (READ COMMITTED).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import asyncpg

from services.aggregator.domain.fold import (
    LedgerChange,
    RecordedRevision,
    SlotContent,
    SupersededRevision,
)
from services.aggregator.domain.reports import Counted
from services.aggregator.domain.totals import TotalKey, Totals
from services.aggregator.errors import Contended
from services.aggregator.store.announcements import mark_dirty
from shared.infra.postgres.arrays import array_text, columns
from shared.infra.postgres.database import Connection, load_queries
from shared.reference.slots import Slot

QUERIES = load_queries(Path(__file__).parent / "ledger.sql")
REPORT_COLUMNS = (
    *("unit", "form", "period", "revision", "form_version", "province", "areas", "unit_type"),
    *("figures", "at_least", "about", "at_most", "on_time", "due_at", "first_received_at"),
    *("received_at", "accepted_at", "superseded_at", "source", "submission_id", "rejudged"),
)
_TotalRow = tuple[object, ...]
"""The columns of ``total``, arrays as text."""

_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class PostgresLedger:
    """The ledger of one transaction; with *announcing*, changed totals are marked."""

    def __init__(self, connection: Connection, *, announcing: bool = True) -> None:
        self._connection = connection
        self._announcing = announcing
        self._existing: set[TotalKey] = set()

    async def slots(self, keys: Collection[Slot]) -> Mapping[Slot, SlotContent]:
        """Lock and return the contents of slots; a slot without a revision is left out."""
        rows = await self._connection.fetch(QUERIES["slots"], *columns(sorted(keys), 3))
        by_slot: dict[Slot, list[asyncpg.Record]] = {}
        for row in rows:
            by_slot.setdefault(Slot(row["unit"], row["form"], row["period"]), []).append(row)
        return {slot: _content(rows_of_slot) for slot, rows_of_slot in by_slot.items()}

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Totals]:
        """Lock and return the current totals."""
        if not keys:
            return {}
        rows = await self._connection.fetch(QUERIES["totals"], *columns(sorted(keys), 4))
        totals = {TotalKey(*row[:4]): Totals(*row[4:]) for row in map(tuple, rows)}
        self._existing |= totals.keys()
        return totals

    async def save(self, change: LedgerChange, totals: Mapping[TotalKey, Totals]) -> None:
        """Store a change. Raises Contended when another writer has inserted the same key."""
        try:
            await self._supersede(change.superseded)
            await self._copy(change.recorded)
            await self._save_totals(totals)
            if self._announcing:
                await mark_dirty(self._connection, change.dirty)
        except asyncpg.UniqueViolationError as problem:
            raise Contended(problem.detail) from problem

    async def _supersede(self, superseded: Sequence[SupersededRevision]) -> None:
        if superseded:
            rows = [(*it.slot, it.revision, it.superseded_at) for it in superseded]
            await self._connection.execute(QUERIES["supersede"], *columns(rows, 5))

    async def _copy(self, recorded: Sequence[RecordedRevision]) -> None:
        """Insert revisions by COPY: they are new, so there is no conflict to look up."""
        if recorded:
            await self._connection.copy_to_table(
                "report",
                source=BytesIO("".join(map(_copy_line, recorded)).encode()),
                columns=REPORT_COLUMNS,
            )

    async def _save_totals(self, totals: Mapping[TotalKey, Totals]) -> None:
        changed: list[_TotalRow] = []
        added: list[_TotalRow] = []
        removed: list[TotalKey] = []
        for key, after in sorted(totals.items()):
            if after.reports == 0:
                removed.append(key)
            else:
                (changed if key in self._existing else added).append(_total_row(key, after))
        if changed:
            await self._connection.execute(QUERIES["change_totals"], *columns(changed, 12))
        if added:
            await self._connection.execute(QUERIES["add_totals"], *columns(added, 12))
        if removed:
            await self._connection.execute(QUERIES["remove_totals"], *columns(removed, 4))


def _content(rows: Sequence[asyncpg.Record]) -> SlotContent:
    counts = next((row for row in rows if row["counts"]), None)
    if counts is None:  # superseded during the wait, by a revision younger than the snapshot
        raise Contended("another partition has just superseded a revision")
    counted = Counted(
        counts["revision"],
        tuple(counts["areas"]),
        counts["unit_type"],
        counts["figures"],
        tuple(counts["at_least"] or ()),
        tuple(counts["about"] or ()),
        tuple(counts["at_most"] or ()),
        counts["on_time"],
    )
    return SlotContent(counted, {row["revision"]: row["accepted_at"] for row in rows})


def _copy_line(recorded: RecordedRevision) -> str:
    """Write a revision in the text format of COPY; only free text can need an escape."""
    revision, counted = recorded.revision, recorded.revision.counted
    slot = revision.slot
    fields = (
        slot.unit,
        slot.form,
        slot.period,
        str(counted.revision),
        str(revision.form_version),
        counted.province,
        '{"' + '","'.join(counted.path) + '"}',
        counted.unit_type.translate(_ESCAPED),
        array_text(counted.figures) or _NULL,
        array_text(counted.at_least or None) or _NULL,
        array_text(counted.about or None) or _NULL,
        array_text(counted.at_most or None) or _NULL,
        _NULL if counted.on_time is None else str(counted.on_time),
        _instant(revision.due_at),
        _instant(revision.first_received_at),
        _instant(revision.received_at),
        _instant(revision.accepted_at),
        _instant(recorded.superseded_at),
        revision.source,
        revision.submission_id,
        _NULL if revision.rejudged is None else revision.rejudged.translate(_ESCAPED),
    )
    return "\t".join(fields) + "\n"


def _instant(at: datetime | None) -> str:
    return _NULL if at is None else at.isoformat()


def _total_row(key: TotalKey, totals: Totals) -> _TotalRow:
    doubts = (totals.at_least, totals.about, totals.at_most)
    arrays = (totals.sums, totals.reporting, *doubts)
    return (*key, *map(array_text, arrays), totals.reports, totals.on_time, totals.late)
