"""
Signed closings as readers get them, with all that was told about them since.

Reads ``snapshot`` and ``restatement``; changes nothing.
"""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.aggregator.naming import UnitAnswer
from shared.contracts.totals import Coverage, RestatedFigure
from shared.infra.postgres.database import Connection, load_queries

QUERIES = load_queries(Path(__file__).parent / "snapshots.sql")


class RestatementAnswer(BaseModel):
    """What was told of a snapshot: its figures as they have become since."""

    number: int
    told_at: datetime
    watermark: datetime
    coverage_after: Coverage
    changes: list[RestatedFigure]


class SnapshotAnswer(BaseModel):
    """
    What was signed, and what has become of it.

    ``checksum`` is the SHA-256 of ``signed``, written as UTF-8 JSON with sorted keys and nothing
    between; ``valid`` tells that it still is.
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
    """The signed closings of a unit, the oldest of each form and period first."""

    unit: UnitAnswer
    snapshots: list[SnapshotAnswer]


async def snapshots(
    connection: Connection, unit: str, form: str, period: str
) -> list[SnapshotAnswer]:
    """Return the snapshots of a unit; an empty form or period asks for all."""
    told: dict[tuple[str, str, str], list[RestatementAnswer]] = {}
    for row in await connection.fetch(QUERIES["restatements_of_unit"], unit, form, period):
        its = told.setdefault((row["form"], row["period"], row["document"]), [])
        event = json.loads(row["told"])
        its.append(RestatementAnswer.model_validate({**event, "told_at": row["told_at"]}))
    return [
        SnapshotAnswer(
            form=row["form"],
            period=row["period"],
            document=row["document"],
            closed_at=row["closed_at"],
            checksum=row["checksum"],
            valid=checksum(row["signed"]) == row["checksum"],
            signed=json.loads(row["signed"]),
            restatements=told.get((row["form"], row["period"], row["document"]), []),
        )
        for row in await connection.fetch(QUERIES["of_unit"], unit, form, period)
    ]


def canonical(content: Any) -> str:
    """Write JSON in the one way that a checksum is taken of: keys sorted, nothing between."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checksum(signed: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return sha256(signed.encode()).hexdigest()
