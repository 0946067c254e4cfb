"""
Query: the signed figures of a unit, and their restatements.

Reads ``snapshot`` and ``restatement``, in one snapshot of the database; changes nothing.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from pydantic import BaseModel

from services.aggregator.domain.signing import checksum
from services.aggregator.store.ledger_reader import LedgerReader, read_snapshot
from services.aggregator.store.snapshots import restatements_of_unit, snapshots_of_unit
from services.aggregator.usecases.answers import UnitAnswer, unit_answer
from services.aggregator.usecases.resolve import check_unit
from shared.contracts.totals import Coverage, RestatedFigure
from shared.infra.postgres.database import Database
from shared.reference.periods import Period


class RestatementAnswer(BaseModel):
    """A restatement of a snapshot, published at ``told_at``: its figures as they became."""

    number: int
    told_at: datetime
    watermark: datetime
    coverage_after: Coverage
    changes: list[RestatedFigure]


class SnapshotAnswer(BaseModel):
    """
    Signed figures and their restatements.

    ``checksum`` is the SHA-256 of ``signed``, written as UTF-8 JSON with sorted keys and nothing
    between; ``valid`` is whether it still is.
    """

    form: str
    period: str
    document: str
    closed_at: datetime
    checksum: str
    valid: bool
    signed: dict[str, Any]
    restatements: list[RestatementAnswer]


class SnapshotsAnswer(BaseModel):
    """The signed figures of a unit, the oldest of each form and period first."""

    unit: UnitAnswer
    snapshots: list[SnapshotAnswer]


class SnapshotsQuery:
    """Answers ``/v1/snapshots``."""

    def __init__(self, database: Database, reader: LedgerReader) -> None:
        self._database = database
        self._reader = reader

    async def __call__(self, key: str, form: str, period: Period | None) -> SnapshotsAnswer:
        """Answer with the snapshots of a unit; an empty form or no period means all."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        code = period.code if period else ""
        async with read_snapshot(self._database) as connection:
            today = (await self._reader.as_of(connection, [])).today
            snapshots = await snapshots_of_unit(connection, key, form, code)
            restatements: dict[_SnapshotKey, list[RestatementAnswer]] = {}
            for row in await restatements_of_unit(connection, key, form, code):
                restatements.setdefault(_key(row), []).append(_restatement(row))
        day = period.last_day if period else today
        return SnapshotsAnswer(
            unit=unit_answer(reference, key, day),
            snapshots=[_snapshot(row, restatements.get(_key(row), [])) for row in snapshots],
        )


class _SnapshotKey(NamedTuple):
    form: str
    period: str
    document: str


def _key(row: asyncpg.Record) -> _SnapshotKey:
    return _SnapshotKey(row["form"], row["period"], row["document"])


def _restatement(row: asyncpg.Record) -> RestatementAnswer:
    event = json.loads(row["event"])
    return RestatementAnswer.model_validate({**event, "told_at": row["published_at"]})


def _snapshot(row: asyncpg.Record, restatements: list[RestatementAnswer]) -> SnapshotAnswer:
    return SnapshotAnswer(
        form=row["form"],
        period=row["period"],
        document=row["document"],
        closed_at=row["closed_at"],
        checksum=row["checksum"],
        valid=checksum(row["signed"]) == row["checksum"],
        signed=json.loads(row["signed"]),
        restatements=restatements,
    )
