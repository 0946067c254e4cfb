"""What every answer about a unit and its periods begins with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.aggregator.store.ledger_reader import AsOf
from services.aggregator.usecases.naming import UnitAnswer, unit_answer
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


class Answer(BaseModel):
    """The fields of every answer; ``watermark`` is when its newest report was accepted."""

    unit: UnitAnswer
    period: str | None = None
    first: str | None = Field(None, serialization_alias="from")
    last: str | None = Field(None, serialization_alias="to")
    as_of: datetime
    watermark: datetime | None


def heading(
    reference: ReferenceData, key: str, periods: Sequence[Period], as_of: AsOf
) -> dict[str, Any]:
    """Return the fields of an ``Answer``; the unit is named as it was at the end of the periods."""
    return {
        "unit": unit_answer(reference, key, periods[-1].last_day),
        **_span(periods),
        "as_of": as_of.as_of,
        "watermark": as_of.watermark,
    }


def _span(periods: Sequence[Period]) -> dict[str, str]:
    if len(periods) == 1:
        return {"period": periods[0].code}
    return {"first": periods[0].code, "last": periods[-1].code}
