"""
What the aggregator tells the world: the figures of a province as they stand now.

A field that came later and is empty stays off the wire, so that old messages keep their bytes.
"""

import operator
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt

from shared.contracts.event import Event
from shared.contracts.values import FormCode, Note, PeriodCode, UnitKey

Value = int | str | None
"""A count is an integer, a decimal is a string, null means that nobody reported the figure."""

Withheld = Literal["not_separable", "not_additive"]
"""
Why a figure has no value though somebody reported it.

A unit was divided and nobody recorded the shares; or several units have it and it has no sum.
"""


class CarriedFrom(BaseModel):
    """Whose closing stocks of which period stand in for an opening stock that nobody reported."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    units: tuple[UnitKey, ...]
    period: PeriodCode


class ClosedBefore(BaseModel):
    """
    What the units before a reform closed with, where the opening stocks reported differ from it.

    More than the openings: some unit has not reported yet, or has not taken over what an area that
    ended, a district, had.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    units: tuple[UnitKey, ...]
    period: PeriodCode
    value: int
    display: str


class Figure(BaseModel):
    """
    One figure as every reader gets it, over HTTP and over Kafka.

    ``value`` is an integer for counts, a decimal string otherwise, null when nobody reported it.
    Of the ``expected`` units that owe it, ``reported_by`` stated it in at least one period of the
    range, ``reported_in_full`` in every one; over a single period the two are the same.
    ``period`` is set when the figure was looked up in one period of a range (scores, ranks).
    ``withheld`` says why there is no value, ``carried_from`` where an opening stock comes from,
    ``closed_before`` what it was before a reform, where that is another number; all three only
    under today's boundaries.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    indicator: str
    split: dict[str, str]
    value: Value
    display: str
    qualifier: Literal["exact", "at_least", "at_most", "about"]
    unit_of_measure: str
    reported_by: NonNegativeInt
    reported_in_full: NonNegativeInt
    expected: NonNegativeInt
    out_of: int | None = None
    period: str | None = None
    withheld: Withheld | None = Field(default=None, exclude_if=operator.not_)
    carried_from: CarriedFrom | None = Field(default=None, exclude_if=operator.not_)
    closed_before: ClosedBefore | None = Field(default=None, exclude_if=operator.not_)


class Unfounded(BaseModel):
    """
    Why the number of units that owe is no fact, and a percentage of it would be false.

    The directory knows the units of the area as they were only from a later day than the period's
    last one. ``expected`` and ``missing`` are then those of the units that it has.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: Literal["units_not_known"]
    known_from: date


class Coverage(BaseModel):
    """
    How many units owe a form for a period, and how they stand.

    ``expected`` are ``reported`` and ``missing``; ``reported`` are ``on_time``, ``late`` and
    ``backfilled``: history entered after the fact, of which no punctuality is asked.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    expected: NonNegativeInt
    reported: NonNegativeInt
    on_time: NonNegativeInt
    late: NonNegativeInt
    missing: NonNegativeInt
    backfilled: NonNegativeInt = Field(default=0, exclude_if=operator.not_)
    unfounded: Unfounded | None = Field(default=None, exclude_if=operator.not_)


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


class RestatedFigure(BaseModel):
    """One figure that is no longer what was signed; the displays tell a doubt from a number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    indicator: str
    split: dict[str, str]
    before: Value
    before_display: str
    after: Value
    after_display: str


class ProvincialTotalsRestated(Event):
    """
    Figures that were signed have changed since; the signed ones stay as they are.

    ``checksum`` is that of the snapshot, and ``number`` counts what was told about it. Without
    changes, and with both coverages alike, all is again as it was signed.
    """

    province: UnitKey
    unit: UnitKey
    form: FormCode
    period: PeriodCode
    document: Note
    checksum: str
    closed_at: AwareDatetime
    number: PositiveInt
    watermark: AwareDatetime
    coverage_before: Coverage
    coverage_after: Coverage
    changes: tuple[RestatedFigure, ...]
