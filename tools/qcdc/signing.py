"""``qcdc close``: sign the figures of a unit, form and period, as of now, by a document."""

from typing import Any

from services.aggregator.app import sign
from services.aggregator.settings import AggregatorSettings
from services.aggregator.usecases.sign import SignOrder, Snapshot
from tools.qcdc.settings import OperatorSettings


async def close(settings: OperatorSettings, order: SignOrder, *, dry_run: bool) -> Snapshot:
    """Sign figures, or say what would be signed. Raises Misconfigured when there are none."""
    aggregator_settings = settings.of_service("aggregator", AggregatorSettings)
    return await sign(aggregator_settings, order, dry_run=dry_run)


def as_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return what a program wants to know of a snapshot; the text is what the checksum is of."""
    return {
        "state": snapshot.state,
        "closed_at": snapshot.closed_at,
        "checksum": snapshot.checksum,
        "signed": snapshot.signed,
    }
