"""The answers over HTTP and Kafka: readings written for machines and, in Vietnamese, for people."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from services.aggregator.domain.coverage import Straggler
from services.aggregator.domain.rollup import Reading
from shared.contracts.totals import Coverage, Figure
from shared.domain.directory import Directory, Unit
from shared.domain.indicators import Measure
from shared.infra import vietnamese

ABSENT = "–"


class UnitAnswer(BaseModel):
    """A unit, as every answer names it."""

    key: str
    name: str
    type: str


class Answer(BaseModel):
    """What every answer says of itself; ``watermark`` is the newest report that is in it."""

    unit: UnitAnswer
    period: str | None = None
    first: str | None = Field(None, serialization_alias="from")
    last: str | None = Field(None, serialization_alias="to")
    as_of: datetime
    watermark: datetime | None


class TotalsAnswer(Answer):
    """Every figure of a unit for a period or a range of periods."""

    view: Literal["as_reported"] = "as_reported"
    figures: list[Figure]


class FormCoverage(Coverage):
    """The coverage of one form."""

    form: str
    title: str


class CoverageAnswer(Answer, Coverage):
    """The coverage of each form, and of all of them together."""

    forms: list[FormCoverage]


class LateUnit(BaseModel):
    """A unit that sent a form late, or not at all though it was due."""

    unit: str
    name: str
    form: str
    state: Literal["late", "missing"]
    due_at: datetime
    first_received_at: datetime | None


class LateAnswer(Answer):
    """Who is late, those without a report first."""

    units: list[LateUnit]


def unit_answer(unit: Unit) -> UnitAnswer:
    """Name a unit."""
    return UnitAnswer(key=unit.key, name=unit.name, type=unit.type)


def figure(reading: Reading) -> Figure:
    """Write one figure down."""
    return Figure(
        indicator=reading.indicator.code,
        split=dict(reading.cell.split),
        value=str(reading.value) if isinstance(reading.value, Decimal) else reading.value,
        display=display(reading),
        qualifier=reading.qualifier.value,
        unit_of_measure=reading.indicator.unit_of_measure,
        reported_by=reading.units.reported_by,
        reported_in_full=reading.units.in_full,
        expected=reading.units.expected,
        out_of=reading.out_of,
        period=reading.period.code if reading.period else None,
    )


def display(reading: Reading) -> str:
    """Write a figure as people do: "1.635", "92,3%", "89,58", "3/63", "hơn 20.000"."""
    if reading.value is None:
        return ABSENT
    return vietnamese.with_qualifier(_number(reading, reading.value), reading.qualifier)


def late_units(stragglers: Iterable[Straggler], directory: Directory) -> list[LateUnit]:
    """List those without a report first, each part by name in the Vietnamese alphabet."""
    named = [(it, directory.get(it.unit)) for it in stragglers]
    units = [
        LateUnit(
            unit=it.unit,
            name=unit.name if unit else it.unit,
            form=it.form,
            state=it.state,
            due_at=it.due_at,
            first_received_at=it.first_received_at,
        )
        for it, unit in named
    ]
    return sorted(
        units,
        key=lambda it: (it.state != "missing", vietnamese.name_key(it.name), it.unit, it.form),
    )


def _number(reading: Reading, value: int | Decimal) -> str:
    indicator = reading.indicator
    if isinstance(value, int):
        if indicator.measure is Measure.RANK:
            return vietnamese.rank(value, reading.out_of)
        return vietnamese.count(value)
    if indicator.measure is Measure.RATIO:
        return vietnamese.rate(value)
    if indicator.measure is Measure.AREA:
        return vietnamese.area(value)
    return vietnamese.score(value) + ("%" if indicator.unit_of_measure == "%" else "")
