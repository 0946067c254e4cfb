"""
Command: restate. A signed total that changed is published once for every change.

Reads ``snapshot`` and the ledger; changes ``restatement``; publishes ``ProvincialTotalsRestated``
on ``qcdc.totals.v1``, under a key beside that of the figures. It uses the marks of the
announcements: a marked total is compared with its snapshots, and the relay, of which there is one,
saves an acknowledged restatement in the transaction that removes the mark.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

import asyncpg

from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.domain.layouts import require_period
from services.aggregator.domain.restatement import restated
from services.aggregator.store.snapshots import RestatementRow, snapshots_in_force
from services.aggregator.usecases.render import RenderedTotals, TotalsRenderer
from shared.contracts.event import derived_id
from shared.contracts.totals import Coverage, Figure, ProvincialTotalsRestated
from shared.infra.postgres.database import Connection
from shared.reference.reference_data import ReferenceData


class Restatement(NamedTuple):
    """An event to be published, and its row."""

    event: ProvincialTotalsRestated
    row: RestatementRow

    @property
    def key(self) -> str:
        """Its key on the topic, beside that of the figures."""
        return f"{self.event.unit}|{self.event.form}|{self.event.period}|restated"


async def restatements(
    connection: Connection,
    renderer: TotalsRenderer,
    reference: ReferenceData,
    changed: Mapping[ProvinceTotal, bool],
) -> list[Restatement]:
    """
    Return the restatements due for totals that changed.

    Of several snapshots of one total the newest is in force. The same figures are not published
    twice in a row, nor figures as signed, unless a restatement came before. *changed* says of each
    total whether the last restatement is due again if nothing is new.
    """
    due = []
    for row in await snapshots_in_force(connection, changed):
        layout = renderer.reader.layouts.require(row["form"], row["period"])
        period = require_period(row["period"])
        current = await renderer.render(connection, reference, row["unit"], layout, period)
        again = changed[ProvinceTotal(row["province"], row["form"], row["period"])]
        if restatement := _restatement(row, current) or (_last(row) if again else None):
            due.append(restatement)
    return due


def _last(row: asyncpg.Record) -> Restatement | None:
    """Return the restatement that was published last."""
    if row["event"] is None:
        return None
    event = ProvincialTotalsRestated.model_validate_json(row["event"])
    key = row["unit"], row["form"], row["period"], row["document"]
    return Restatement(event, RestatementRow(*key, row["number"], row["state"], row["event"]))


def _restatement(row: asyncpg.Record, current: RenderedTotals) -> Restatement | None:
    signed = json.loads(row["signed"])
    before = Coverage.model_validate(signed["coverage"])
    changes = restated(map(Figure.model_validate, signed["figures"]), current.figures)
    as_signed = not changes and before == current.coverage
    state = "" if as_signed else derived_id(changes, current.coverage)
    if state == (row["state"] or ""):
        return None
    number = row["number"] + 1
    event = ProvincialTotalsRestated(
        event_id=derived_id("restated", row["checksum"], number, state),
        occurred_at=current.watermark,
        province=row["province"],
        unit=row["unit"],
        form=row["form"],
        period=row["period"],
        document=row["document"],
        checksum=row["checksum"],
        closed_at=row["closed_at"],
        number=number,
        watermark=current.watermark,
        coverage_before=before,
        coverage_after=current.coverage,
        changes=changes,
    )
    key = row["unit"], row["form"], row["period"], row["document"]
    return Restatement(event, RestatementRow(*key, number, state, event.model_dump_json()))
