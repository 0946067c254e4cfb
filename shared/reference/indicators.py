"""Indicators, the named figures a form asks for, and the codes of their breakdowns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.reference.dates import Dated
from shared.reference.periods import Period


class Measure(StrEnum):
    """What kind of figure an indicator is; it decides what may be done with it."""

    FLOW = "flow"
    STOCK_FIRST = "stock_first"
    STOCK_LAST = "stock_last"
    RATIO = "ratio"
    SCORE = "score"
    RANK = "rank"
    CATEGORY = "category"
    MONEY = "money"
    AREA = "area"


OVER_UNITS = ("sum", "ratio", "none")
OVER_TIME = ("sum", "first", "last", "ratio", "none")

_IN_HUNDREDTHS = frozenset({Measure.SCORE, Measure.AREA, Measure.RATIO})
_OF_A_PROVINCE = frozenset({Measure.SCORE, Measure.RANK, Measure.CATEGORY})


@dataclass(frozen=True, slots=True)
class Indicator(Dated):
    """
    A named figure.

    over_units and over_time are sum, last, first, ratio or none: how it is totalled over units of
    one period and over periods of one unit. numerator and denominator name the parts of a ratio;
    carried_in what was open at the start, a part of the denominator too where it is stated. maximum
    is in the smallest unit. out_of lists (first year, number ranked), ascending. split_by names the
    breakdowns that exist. Form versions that hold between valid_from and valid_to, both included,
    ask for it. home names, by level, the form whose figure counts where a reporter is asked for it
    on several; see `forms_in_order`. added is 0 for what the first versions of the forms had; cells
    of a later addition stand behind all earlier ones.
    """

    code: str
    label_vi: str
    label_en: str
    group: str
    measure: Measure
    unit_of_measure: str
    over_units: str
    over_time: str
    priority: int
    forms: tuple[str, ...]
    numerator: str | None = None
    denominator: str | None = None
    carried_in: str | None = None
    maximum: int | None = None
    out_of: tuple[tuple[int, int], ...] = ()
    split_by: tuple[str, ...] = ()
    home: tuple[tuple[str, str], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    added: int = 0

    @property
    def scale(self) -> int:
        """Decimals of the smallest unit: 2 for scores, areas and rates, else 0."""
        return 2 if self.measure in _IN_HUNDREDTHS else 0

    @property
    def yes_or_no(self) -> bool:
        """Whether a unit says 1 or 0; a total is the number of units that say 1."""
        return self.additive and self.maximum == 1

    @property
    def additive(self) -> bool:
        """Whether the figures of several units may be added up."""
        return self.over_units == "sum"

    @property
    def summed(self) -> bool:
        """Whether its figures add up over units and over time alike."""
        return self.over_units == self.over_time == "sum"

    def home_at(self, level: str) -> str | None:
        """Return the form whose figure counts where a level is asked on several, else None."""
        return dict(self.home).get(level)

    def forms_in_order(self, level: str) -> tuple[str, ...]:
        """Return its forms as a reporter's figure is looked for: that of its level's home first."""
        home = self.home_at(level)
        return self.forms if home is None else (home, *(it for it in self.forms if it != home))

    @property
    def at_province_only(self) -> bool:
        """Whether it exists for a province as a whole and is looked up, never totalled."""
        return self.over_units == "none" and self.measure in _OF_A_PROVINCE

    def ranked_among(self, year: int) -> int | None:
        """Return how many provinces a rank of that year is out of: 63 to 2024, then 34."""
        return next((number for since, number in reversed(self.out_of) if since <= year), None)


@dataclass(frozen=True, slots=True)
class Code(Dated):
    """One value of a dimension and the dates, both included, between which it may be used."""

    code: str
    label_vi: str
    valid_from: date | None = None
    valid_to: date | None = None
    added: int = 0

    def in_force(self, period: Period) -> bool:
        """Return whether the code was valid on any day of a period."""
        return self.span.overlaps(period.span)


def codes_of(
    codes: Mapping[str, tuple[Code, ...]], indicator: str, dimension: str
) -> tuple[Code, ...]:
    """Return the codes of a dimension of an indicator, in order; empty when there are none."""
    return codes.get(f"{dimension}@{indicator}") or codes.get(dimension, ())
