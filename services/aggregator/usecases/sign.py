"""
Command: sign the figures of a unit, form and period as they are now, by a document.

Reads the ledger; adds to ``snapshot``; changes ``dirty_total``. Reports that are counted later are
published as restatements (``restate``).
"""

from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.domain.layouts import Layout, Layouts
from services.aggregator.domain.signing import canonical, checksum
from services.aggregator.errors import CannotSign
from services.aggregator.store.announcements import mark_dirty
from services.aggregator.store.snapshots import add_snapshot, find_snapshot, lock_ledger
from services.aggregator.usecases.answers import unit_answer
from services.aggregator.usecases.render import RenderedTotals, TotalsRenderer
from shared.infra.postgres.database import Connection, Database
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class SignOrder:
    """The figures to be signed, and the document that orders it."""

    unit: str
    form: str
    period: str
    document: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Figures as they were signed; ``signed`` is the canonical JSON that ``checksum`` is of."""

    order: SignOrder
    closed_at: datetime
    checksum: str
    signed: str
    state: Literal["signed", "would be signed", "was signed"] = "signed"
    """A repetition returns the existing snapshot, a dry run adds none."""

    @property
    def summary(self) -> str:
        """One line for the operator."""
        subject = f"{self.order.form} of {self.order.unit} for {self.order.period}"
        return f"{subject} {self.state} at {self.closed_at.isoformat()}: sha256 {self.checksum}"


async def sign(
    database: Database,
    renderer: TotalsRenderer,
    reference: ReferenceData,
    order: SignOrder,
    *,
    dry_run: bool,
) -> Snapshot:
    """
    Sign the figures as they are now, once for each document.

    Counting stops while it reads: a report is either in the snapshot, or is counted once the
    snapshot is visible, and then its total is restated.

    Raises:
        CannotSign: when there is no such unit, form or period, or it has not ended.

    """
    layout, period = _signable(reference, renderer.reader.layouts, order)
    async with database.transaction() as connection:
        closed_at = await lock_ledger(connection)
        if closed_at < period.closes_at:
            raise CannotSign(f"{order.period} has not ended")
        if row := await find_snapshot(connection, *astuple(order)):
            return Snapshot(
                order, row["closed_at"], row["checksum"], row["signed"], state="was signed"
            )
        current = await renderer.render(connection, reference, order.unit, layout, period)
        signed = canonical(_signed(reference, order, layout, period, closed_at, current))
        snapshot = Snapshot(order, closed_at, checksum(signed), signed)
        if dry_run:
            return replace(snapshot, state="would be signed")
        await _add(connection, snapshot, reference.directory.province(order.unit, period.last_day))
    return snapshot


async def _add(connection: Connection, snapshot: Snapshot, province: str) -> None:
    """Add a snapshot; mark its total, since an announcement stores the digest of who owed."""
    order = snapshot.order
    row = (*astuple(order), province, snapshot.closed_at, snapshot.checksum, snapshot.signed)
    await add_snapshot(connection, row)
    await mark_dirty(connection, [ProvinceTotal(province, order.form, order.period)])


def _signable(
    reference: ReferenceData, layouts: Layouts, order: SignOrder
) -> tuple[Layout, Period]:
    period, layout = reference.regimes.find(order.period), layouts.of(order.form, order.period)
    if reference.directory.get(order.unit) is None:
        raise CannotSign(f"there is no unit {order.unit}")
    if period is None or layout is None or not reference.regimes.takes(layout.form, period):
        raise CannotSign(f"there is no form {order.form} for {order.period}")
    if not order.document.strip():
        raise CannotSign("a document has to be named")
    return layout, period


def _signed(
    reference: ReferenceData,
    order: SignOrder,
    layout: Layout,
    period: Period,
    closed_at: datetime,
    current: RenderedTotals,
) -> dict[str, Any]:
    unit = unit_answer(reference, order.unit, period.last_day)
    return {
        "unit": unit.model_dump(mode="json"),
        "form": order.form,
        "form_version": layout.form.version,
        "period": order.period,
        "document": order.document,
        "closed_at": closed_at.isoformat(),
        "watermark": current.watermark.isoformat(),
        "coverage": current.coverage.model_dump(mode="json"),
        "figures": [it.model_dump(mode="json") for it in current.figures],
    }
