"""Shared step: write figures as they are answered, published and signed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel

from services.aggregator.domain.changes import FigureChange, Incomparable, change
from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.usecases.answers import UnfoundedAnswer
from shared.contracts.totals import CarriedFrom, ClosedBefore, Figure, Unfounded, Value
from shared.reference import vietnamese
from shared.reference.figures import Qualifier, rate_percent
from shared.reference.indicators import Indicator, Measure
from shared.reference.periods import Period
from shared.reference.place_names import in_sentence

_UNITS_ON_THE_WIRE = {"%": "percent"}
"""Programs read a word; people read the sign, which is in the display."""


class ChangeAnswer(BaseModel):
    """
    What became of a figure since ``compared_with``.

    ``value`` is what it grew by, of a rank the places gained; null where the two are
    ``incomparable``. ``percent`` is there where all who owe the figure stated both.
    ``reported_by`` and ``expected`` are those of the figure ``before``.
    """

    compared_with: str
    before: Value
    before_display: str
    value: Value
    percent: str | None
    display: str
    incomparable: Incomparable | None
    reported_by: int
    expected: int


class ComparedFigure(Figure):
    """A figure with its change; null where it was not stated in both periods."""

    change: ChangeAnswer | None


class Since(NamedTuple):
    """The earlier period of a comparison, and what people call it."""

    period: Period
    label: str


class Share(BaseModel):
    """A share of the units that owe, in percent; null where there is none, or none is founded."""

    value: str | None
    display: str


class FigureWriter:
    """Writes figures for programs and, in Vietnamese, for people."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages

    def figure(self, computed: ComputedFigure) -> Figure:
        """Return a computed figure in the shape of the contract."""
        value, carried = computed.value, computed.carried
        unit_of_measure = computed.indicator.unit_of_measure
        return Figure(
            indicator=computed.indicator.code,
            split=dict(computed.cell.split),
            value=on_the_wire(value),
            display=self.display(computed),
            qualifier=computed.qualifier.value,
            unit_of_measure=_UNITS_ON_THE_WIRE.get(unit_of_measure, unit_of_measure),
            reported_by=computed.units.reported_by,
            reported_in_full=computed.units.in_full,
            expected=computed.units.expected,
            out_of=computed.out_of,
            period=computed.period.code if computed.period else None,
            withheld=computed.withheld.value if computed.withheld else None,
            carried_from=CarriedFrom(units=carried.units, period=carried.period.code)
            if carried
            else None,
            closed_before=self._closed_before(computed),
        )

    def _closed_before(self, computed: ComputedFigure) -> ClosedBefore | None:
        if computed.closed is None:
            return None
        source, amount = computed.closed
        return ClosedBefore(
            units=source.units,
            period=source.period.code,
            value=amount.value,
            display=self.written(computed.indicator, amount.value, amount.qualifier),
        )

    def share(self, part: int, whole: int, *, founded: bool) -> Share:
        """Return a share of the units that owe; it has no value when it is not known who did."""
        if not founded:
            return Share(value=None, display=self._messages["unfounded"])
        percent = rate_percent(part, whole)
        if percent is None:
            return Share(value=None, display=self._messages["absent"])
        return Share(value=str(percent), display=vietnamese.rate(percent))

    def explained(self, unfounded: Unfounded | None, name: str) -> UnfoundedAnswer | None:
        """Return why the number of units that owe is no fact, as people are told."""
        if unfounded is None:
            return None
        shown = {"name": in_sentence(name), "day": vietnamese.date_short(unfounded.known_from)}
        explanation = self._messages["unfounded_because"].format(**shown)
        return UnfoundedAnswer(**dict(unfounded), explanation=explanation)

    def base(self, base: str) -> str:
        """Return what people call a type of base."""
        return self._messages[f"base_{base}"]

    def compared(
        self, computed: ComputedFigure, before: ComputedFigure | None, since: Since
    ) -> ComparedFigure:
        """Return a figure with its change since what it was *before*."""
        found = change(computed, before) if before else None
        return ComparedFigure(
            **dict(self.figure(computed)),
            change=self.change(computed, found, since) if found else None,
        )

    def change(self, now: ComputedFigure, found: FigureChange, since: Since) -> ChangeAnswer:
        """Return a change in words: "tăng 7 bậc so với năm 2021", and for programs."""
        before, percent = found.before, found.percent
        return ChangeAnswer(
            compared_with=since.period.code,
            before=on_the_wire(before.value),
            before_display=self.display(before),
            value=on_the_wire(found.value),
            percent=None if percent is None else str(percent),
            display=self._change_in_words(now, found, since.label),
            incomparable=found.incomparable,
            reported_by=before.units.reported_by,
            expected=before.units.expected,
        )

    def _change_in_words(self, now: ComputedFigure, found: FigureChange, period: str) -> str:
        if found.value is None:
            shown = {"now": self.display(now), "before": self.display(found.before)}
            return self._messages["incomparable"].format(**shown)
        if found.value == 0:
            return self._messages["unchanged"].format(period=period)
        # What is "at most" -5 went down by more than 5.
        exact = found.qualifier is Qualifier.EXACT
        amount = vietnamese.with_qualifier(
            self._amount_of_change(now.indicator, abs(Decimal(found.value))),
            Qualifier.EXACT if exact else Qualifier.AT_LEAST,
        )
        if found.percent is not None:
            sign = "+" if found.percent > 0 else ""
            amount = f"{amount} ({sign}{vietnamese.rate(found.percent)})"
        words = "increased" if found.value > 0 else "decreased"
        return self._messages[words].format(amount=amount, period=period)

    def _amount_of_change(self, indicator: Indicator, size: Decimal) -> str:
        match indicator.measure:
            case Measure.RANK:
                return self._messages["places"].format(number=vietnamese.number(size))
            case Measure.SCORE if indicator.unit_of_measure != "%":
                return vietnamese.points(size)
            case Measure.SCORE | Measure.RATIO:
                number = vietnamese.number(size)
                return self._messages["percentage_points"].format(number=number)
            case Measure.AREA:
                return vietnamese.land(size)
            case Measure.MONEY:
                return vietnamese.money(int(size))
            case _:
                return vietnamese.number(size)

    def display(self, computed: ComputedFigure) -> str:
        """Return a figure as people write it, or why it has no value."""
        if computed.withheld is not None:
            return self._messages[computed.withheld]
        return self.written(computed.indicator, computed.value, computed.qualifier, computed.out_of)

    def written(
        self,
        indicator: Indicator,
        value: int | Decimal | None,
        qualifier: Qualifier,
        out_of: int | None = None,
    ) -> str:
        """Return a value as people write it: "1.635", "92,3%", "3/63", "hơn 20.000", "–"."""
        if value is None:
            return self._messages["absent"]
        return vietnamese.with_qualifier(_number(indicator, value, out_of), qualifier)


def on_the_wire(value: int | Decimal | None) -> Value:
    """Return a value as programs read it: a decimal is a text."""
    return str(value) if isinstance(value, Decimal) else value


def _number(indicator: Indicator, value: int | Decimal, out_of: int | None) -> str:
    if isinstance(value, int):
        if indicator.measure is Measure.RANK:
            return vietnamese.rank(value, out_of)
        count = vietnamese.count(value)
        return f"{count} đồng" if indicator.measure is Measure.MONEY else count
    if indicator.measure is Measure.RATIO:
        return vietnamese.rate(value)
    if indicator.measure is Measure.AREA:
        return f"{vietnamese.area(value)} m²"
    return vietnamese.score(value) + ("%" if indicator.unit_of_measure == "%" else "")
