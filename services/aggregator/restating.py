"""
Restatements: what a signed total has become since, told once for every change.

Reads ``snapshot`` and the ledger; changes ``restatement``; publishes ``ProvincialTotalsRestated``
on ``qcdc.totals.v1``, under a key beside that of the figures. It rides on the announcements: what
marks a total for them marks its snapshots too, and the relay, of which there is one, remembers in
the transaction in which it forgets the mark what the broker has acknowledged.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import asyncpg

from services.aggregator.domain.restatement import restated
from services.aggregator.pictures import Pictures
from services.aggregator.sheets import known_period
from services.aggregator.snapshots import QUERIES
from services.aggregator.statements import Statement, statement
from shared.contracts.event import derived_id
from shared.contracts.totals import Coverage, Figure, ProvincialTotalsRestated
from shared.infra.postgres.arrays import columns
from shared.infra.postgres.database import Connection
from shared.reference.reference_data import ReferenceData


class Told(NamedTuple):
    """What is remembered of a restatement, as a row of its table."""

    unit: str
    form: str
    period: str
    document: str
    number: int
    state: str
    told: str


class Restatement(NamedTuple):
    """An event on its way, and what will be remembered of it."""

    event: ProvincialTotalsRestated
    told: Told

    @property
    def key(self) -> str:
        """Its key on the topic, beside that of the figures."""
        return f"{self.event.unit}|{self.event.form}|{self.event.period}|restated"


async def restatements(
    connection: Connection,
    pictures: Pictures,
    reference: ReferenceData,
    changed: Iterable[tuple[str, str, str]],
) -> list[Restatement]:
    """
    Return what has to be told of the snapshots of these provinces, forms and periods.

    Of several snapshots of one total the newest is in force. Nothing is told twice in a row, and
    nothing at all while a total is as it was signed; that it is so again is told.
    """
    keys = sorted(changed)
    found = []
    for row in await connection.fetch(QUERIES["in_force"], *columns(keys, 3)):
        place = pictures.layouts.known(row["form"], row["period"]), known_period(row["period"])
        now = await statement(connection, pictures, reference, row["unit"], place)
        if restatement := _restatement(row, now):
            found.append(restatement)
    return found


async def remember(connection: Connection, told: Sequence[Told]) -> None:
    """Write down what the broker has acknowledged."""
    if told:
        await connection.execute(QUERIES["tell"], *columns(told, len(Told._fields)))


def _restatement(row: asyncpg.Record, now: Statement) -> Restatement | None:
    signed = json.loads(row["signed"])
    before = Coverage.model_validate(signed["coverage"])
    changes = restated(map(Figure.model_validate, signed["figures"]), now.figures)
    as_signed = not changes and before == now.coverage
    state = "" if as_signed else derived_id(changes, now.coverage)
    if state == (row["state"] or ""):
        return None
    number = row["number"] + 1
    event = ProvincialTotalsRestated(
        event_id=derived_id("restated", row["checksum"], number, state),
        occurred_at=now.watermark,
        province=row["province"],
        unit=row["unit"],
        form=row["form"],
        period=row["period"],
        document=row["document"],
        checksum=row["checksum"],
        closed_at=row["closed_at"],
        number=number,
        watermark=now.watermark,
        coverage_before=before,
        coverage_after=now.coverage,
        changes=changes,
    )
    key = row["unit"], row["form"], row["period"], row["document"]
    return Restatement(event, Told(*key, number, state, event.model_dump_json()))
