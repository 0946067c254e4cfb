"""The answers over HTTP and Kafka: readings written for machines and, in Vietnamese, for people."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from services.aggregator.domain.coverage import Straggler
from services.aggregator.domain.rollup import Reading
from services.aggregator.domain.scopes import View
from services.aggregator.naming import UnitAnswer
from services.aggregator.words import ABSENT, WITHHELD
from shared.contracts.totals import CarriedFrom, Coverage, Figure
from shared.reference import vietnamese
from shared.reference.directory import Directory
from shared.reference.figures import Qualifier
from shared.reference.indicators import Indicator, Measure

_UNITS_ON_THE_WIRE = {"%": "percent"}
"""Programs read a word; people read the sign, which stands in the display."""


class Answer(BaseModel):
    """What every answer says of itself; ``watermark`` is the newest report that is in it."""

    unit: UnitAnswer
    period: str | None = None
    first: str | None = Field(None, serialization_alias="from")
    last: str | None = Field(None, serialization_alias="to")
    as_of: datetime
    watermark: datetime | None


class TotalsAnswer(Answer):
    """
    Every figure of a unit for a period or a range of periods.

    ``made_of`` are the units whose reports count; those ``not_separable`` lay only partly inside
    and count in no figure. That the ``unverified`` belong here is known from one source only.
    """

    view: View = "as_reported"
    made_of: list[UnitAnswer]
    not_separable: list[UnitAnswer]
    unverified: list[UnitAnswer]
    figures: list[Figure]


class FormCoverage(Coverage):
    """The coverage of one form."""

    form: str
    title: str


class CoverageAnswer(Answer, Coverage):
    """The coverage of each form, and of all of them together."""

    forms: list[FormCoverage]


class LateUnit(BaseModel):
    """
    A unit that sent a form late, or not at all though it was due.

    When it was last corrected says nothing of its lateness, which is judged once.
    """

    unit: str
    name: str
    valid_from: date | None
    valid_to: date | None
    form: str
    state: Literal["late", "missing"]
    due_at: datetime
    first_received_at: datetime | None
    last_corrected_at: datetime | None


class LateAnswer(Answer):
    """Who is late, those without a report first."""

    units: list[LateUnit]


def figure(reading: Reading) -> Figure:
    """Write one figure down."""
    unit_of_measure = reading.indicator.unit_of_measure
    carried = reading.carried
    return Figure(
        indicator=reading.indicator.code,
        split=dict(reading.cell.split),
        value=str(reading.value) if isinstance(reading.value, Decimal) else reading.value,
        display=display(reading),
        qualifier=reading.qualifier.value,
        unit_of_measure=_UNITS_ON_THE_WIRE.get(unit_of_measure, unit_of_measure),
        reported_by=reading.units.reported_by,
        reported_in_full=reading.units.in_full,
        expected=reading.units.expected,
        out_of=reading.out_of,
        period=reading.period.code if reading.period else None,
        withheld=reading.withheld.value if reading.withheld else None,
        carried_from=CarriedFrom(units=carried.units, period=carried.period.code)
        if carried
        else None,
    )


def display(reading: Reading) -> str:
    """Write a figure as people do, or the word for its having no value."""
    if reading.withheld is not None:
        return WITHHELD[reading.withheld]
    if reading.value is None:
        return ABSENT
    return written(reading.indicator, reading.value, reading.qualifier, reading.out_of)


def written(
    indicator: Indicator, value: int | Decimal, qualifier: Qualifier, out_of: int | None = None
) -> str:
    """Write a value as people do: "1.635", "92,3%", "89,58", "3/63", "hơn 20.000"."""
    return vietnamese.with_qualifier(_number(indicator, value, out_of), qualifier)


def late_units(stragglers: Iterable[Straggler], directory: Directory, day: date) -> list[LateUnit]:
    """List those without a report first, each part by name in the Vietnamese alphabet."""
    return sorted(
        (_late_unit(it, directory, day) for it in stragglers),
        key=lambda it: (it.state != "missing", vietnamese.name_key(it.name), it.unit, it.form),
    )


def _late_unit(it: Straggler, directory: Directory, day: date) -> LateUnit:
    unit, states = directory.get(it.unit, day), directory.states(it.unit)
    return LateUnit(
        unit=it.unit,
        name=unit.name if unit else it.unit,
        valid_from=states[0].valid_from if states else None,
        valid_to=states[-1].valid_to if states else None,
        form=it.form,
        state=it.state,
        due_at=it.due_at.astimezone(UTC),
        first_received_at=it.first_received_at,
        last_corrected_at=it.last_corrected_at,
    )


def _number(indicator: Indicator, value: int | Decimal, out_of: int | None) -> str:
    if isinstance(value, int):
        if indicator.measure is Measure.RANK:
            return vietnamese.rank(value, out_of)
        return vietnamese.count(value)
    if indicator.measure is Measure.RATIO:
        return vietnamese.rate(value)
    if indicator.measure is Measure.AREA:
        return vietnamese.area(value)
    return vietnamese.score(value) + ("%" if indicator.unit_of_measure == "%" else "")
