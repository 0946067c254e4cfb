"""
Shared step: how an answer begins, and how it names a unit.

By the name of the time and the days of its life: today's Tây Ninh is not the one of 2024.
"""

import operator
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, Field

from services.aggregator.store.ledger_reader import AsOf
from shared.contracts.totals import Unfounded
from shared.reference.directory import Directory
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData


class UnitAnswer(BaseModel):
    """A unit by its name on a day, with the first and the last day of its life."""

    key: str
    name: str
    type: str
    valid_from: date | None
    valid_to: date | None


class UnfoundedAnswer(Unfounded):
    """Why the number of units that owe is no fact, with a Vietnamese sentence."""

    explanation: str


class UnitOnDay(NamedTuple):
    """The key of a unit, and the day whose name it gets."""

    key: str
    day: date


class Answer(BaseModel):
    """
    The fields of every answer; ``watermark`` is when its newest report was accepted.

    ``unfounded`` is there when it is not known which units owed what the answer is about.
    """

    unit: UnitAnswer
    period: str | None = None
    first: str | None = Field(None, serialization_alias="from")
    last: str | None = Field(None, serialization_alias="to")
    as_of: datetime
    watermark: datetime | None
    unfounded: UnfoundedAnswer | None = Field(default=None, exclude_if=operator.not_)


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


def unit_answer(reference: ReferenceData, key: str, day: date) -> UnitAnswer:
    """Name a unit as it was on a day. Raises KeyError on an unknown key."""
    return _unit_answer(reference.directory, key, day)


def unit_answers(reference: ReferenceData, units: Iterable[UnitOnDay]) -> list[UnitAnswer]:
    """Name each unit once, as it was on the latest of its days; sorted by key."""
    latest = dict(sorted(units))
    return [_unit_answer(reference.directory, key, day) for key, day in latest.items()]


def _span(periods: Sequence[Period]) -> dict[str, str]:
    if len(periods) == 1:
        return {"period": periods[0].code}
    return {"first": periods[0].code, "last": periods[-1].code}


def _unit_answer(directory: Directory, key: str, day: date) -> UnitAnswer:
    unit, states = directory.get(key, day), directory.states(key)
    if unit is None:
        raise KeyError(key)
    return UnitAnswer(
        key=key,
        name=unit.name,
        type=unit.type,
        valid_from=states[0].valid_from,
        valid_to=states[-1].valid_to,
    )
