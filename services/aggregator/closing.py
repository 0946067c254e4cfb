"""
Signed closings: the figures of a unit, form and period as they were when a document closed them.

Reads the ledger; changes ``snapshot``, which is only ever added to, and ``dirty_total``. Whatever
is counted from then on is told as a restatement (``restating``).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from services.aggregator.domain.fold import Province
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.errors import CannotClose
from services.aggregator.ledger_postgres import announce
from services.aggregator.naming import unit_answer
from services.aggregator.pictures import Pictures
from services.aggregator.settings import AggregatorSettings
from services.aggregator.snapshots import QUERIES, canonical, checksum
from services.aggregator.statements import Statement, statement
from services.aggregator.wiring import MIGRATE_COMMAND, MIGRATIONS, database_of
from shared.directory.follower import reference_data_in_tables
from shared.infra.postgres import migrate
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class Order:
    """Which figures are to be closed, and the document that closes them."""

    unit: str
    form: str
    period: str
    document: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Figures as they were signed; ``signed`` is the canonical JSON that ``checksum`` is of."""

    order: Order
    closed_at: datetime
    checksum: str
    signed: str
    state: Literal["signed", "would be signed", "was signed"] = "signed"
    """A repetition finds the snapshot that is there, a dry run makes none."""

    @property
    def summary(self) -> str:
        """One line for the operator."""
        its = f"{self.order.form} of {self.order.unit} for {self.order.period}"
        return f"{its} {self.state} at {self.closed_at.isoformat()}: sha256 {self.checksum}"


async def close_figures(settings: AggregatorSettings, order: Order, *, dry_run: bool) -> Snapshot:
    """
    Connect to the ledger and sign figures of it, by the facts that are in force there.

    Raises:
        CannotClose: when there is nothing to be signed.
        Misconfigured: when the ledger's tables are of another version.

    """
    database = database_of(settings, settings.database_schema)
    await database.open()
    try:
        async with database.connection() as connection:
            await migrate.check(connection, MIGRATIONS, MIGRATE_COMMAND)
            reference = await reference_data_in_tables(connection)
        return await close(database, reference, order, dry_run=dry_run)
    finally:
        await database.close()


async def close(
    database: Database, reference: ReferenceData, order: Order, *, dry_run: bool
) -> Snapshot:
    """
    Sign the figures as they stand, once for each document.

    While it reads, nothing is counted: a report is either in the snapshot, or it is counted when
    everybody can see the snapshot, and marks its total for those who tell of changes.

    Raises:
        CannotClose: when there is no such unit, form or period, or it has not ended.

    """
    layouts = Layouts(reference.catalogue)
    pictures = Pictures(lambda: reference, layouts)
    layout, period = _place(reference, layouts, order)
    key = order.unit, order.form, order.period, order.document
    async with database.transaction() as connection:
        # Both in this order: a rebuild takes them so too, and nobody waits in a circle.
        await connection.execute(QUERIES["hold_writers"])
        await connection.execute(QUERIES["hold_ledger"])
        closed_at: datetime = await connection.fetchval(QUERIES["now"])
        if closed_at < period.closes_at:
            raise CannotClose(f"{order.period} has not ended")
        if known := await connection.fetchrow(QUERIES["one"], *key):
            its = known["closed_at"], known["checksum"], known["signed"]
            return Snapshot(order, *its, state="was signed")
        found = await statement(connection, pictures, reference, order.unit, (layout, period))
        signed = canonical(_signed(reference, order, layout, closed_at, found))
        snapshot = Snapshot(order, closed_at, checksum(signed), signed)
        if dry_run:
            return replace(snapshot, state="would be signed")
        await _add(connection, snapshot, reference.directory.province(order.unit, period.last_day))
    return snapshot


async def _add(connection: Connection, snapshot: Snapshot, province: str) -> None:
    """Keep a snapshot, and have its total announced: with that it is known who owed for it."""
    order = snapshot.order
    await connection.execute(
        QUERIES["add"],
        *(order.unit, order.form, order.period, order.document, province),
        *(snapshot.closed_at, snapshot.checksum, snapshot.signed),
    )
    await announce(connection, [Province(province, order.form, order.period)])


def _place(reference: ReferenceData, layouts: Layouts, order: Order) -> tuple[Layout, Period]:
    period, layout = parse_period(order.period), layouts.of(order.form, order.period)
    if reference.directory.get(order.unit) is None:
        raise CannotClose(f"there is no unit {order.unit}")
    if period is None or layout is None or not layout.form.accepts(period):
        raise CannotClose(f"there is no form {order.form} for {order.period}")
    if not order.document.strip():
        raise CannotClose("a document has to be named")
    return layout, period


def _signed(
    reference: ReferenceData, order: Order, layout: Layout, closed_at: datetime, found: Statement
) -> dict[str, Any]:
    period = parse_period(order.period)
    return {
        "unit": unit_answer(reference, order.unit, period.last_day).model_dump(mode="json")
        if period
        else None,
        "form": order.form,
        "form_version": layout.form.version,
        "period": order.period,
        "document": order.document,
        "closed_at": closed_at.isoformat(),
        "watermark": found.watermark.isoformat(),
        "coverage": found.coverage.model_dump(mode="json"),
        "figures": [it.model_dump(mode="json") for it in found.figures],
    }
