"""What the aggregator tells the world: the figures of a province as they stand now."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt

from shared.contracts.event import Event
from shared.contracts.values import FormCode, PeriodCode, UnitKey


class Figure(BaseModel):
    """
    One figure as every reader gets it, over HTTP and over Kafka.

    ``value`` is an integer for counts, a decimal string otherwise, null when nobody reported it.
    Of the ``expected`` units that owe it, ``reported_by`` stated it in at least one period of the
    range, ``reported_in_full`` in every one; over a single period the two are the same.
    ``period`` is set when the figure was looked up in one period of a range (scores, ranks).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    indicator: str
    split: dict[str, str]
    value: int | str | None
    display: str
    qualifier: Literal["exact", "at_least", "about"]
    unit_of_measure: str
    reported_by: NonNegativeInt
    reported_in_full: NonNegativeInt
    expected: NonNegativeInt
    out_of: int | None = None
    period: str | None = None


class Coverage(BaseModel):
    """How many units owe a form for a period, and how they stand."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    expected: NonNegativeInt
    reported: NonNegativeInt
    on_time: NonNegativeInt
    late: NonNegativeInt
    missing: NonNegativeInt


class ProvincialTotalsChanged(Event):
    """
    The figures of one province, form and period, as they stand at ``watermark``.

    Published on a compacted topic: only the newest per key matters.
    """

    province: UnitKey
    form: FormCode
    period: PeriodCode
    watermark: AwareDatetime
    coverage: Coverage
    figures: tuple[Figure, ...]
