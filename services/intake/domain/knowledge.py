"""What a judge knows: catalogue, directory and deadlines, prepared once per form version."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.domain.catalogue import UNCLASSIFIED, Catalogue, Cell, FormVersion, Indicator, Measure
from shared.domain.deadlines import Due
from shared.domain.directory import Directory
from shared.domain.periods import Period, parse_period

WhenDue = Callable[[str, Period, str], Due | None]
"""Answers when a form for a period is due from a unit."""

# R1: opening, new, removed, closing (Ninh Bình 2023).
_BALANCE = ("dvk_models_opening", "dvk_models_new", "dvk_models_removed", "dvk_models_total")
# R5 and R4: what arose, what was settled; the rest is carried into later periods.
BACKLOGS = (
    ("pib_violations_detected", "pib_cases_resolved"),
    ("petitions_competent", "petitions_resolved"),
)
_PLANS_REMEMBERED = 4096
_BOUNDED = frozenset({Measure.SCORE, Measure.RANK, Measure.CATEGORY})


@dataclass(frozen=True, slots=True)
class Group:
    """The cells of one breakdown and the cell that they must sum to."""

    total: str
    dimensions: tuple[str, ...]
    parts: frozenset[str]
    unclassified: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate that may be sent, and the two cells that it must agree with."""

    rate: str
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The four cells of a stock, of the whole or of one part of it."""

    opening: str
    new: str
    removed: str
    closing: str
    whole: bool


@dataclass(frozen=True)
class Plan:
    """One form version, prepared for judging thousands of reports a second."""

    form: FormVersion
    indicators: Mapping[str, Indicator]
    scales: Mapping[str, int]
    required: tuple[str, ...]
    groups: tuple[Group, ...]
    ratios: tuple[Ratio, ...]
    balances: tuple[Balance, ...]
    backlog: tuple[str, str] | None
    bounded: tuple[str, ...]
    provincial: frozenset[str]
    """Cells that only a province can have (rule R12)."""


@dataclass(frozen=True)
class Knowledge:
    """Everything about the trade that a judgement needs."""

    catalogue: Catalogue
    directory: Directory
    when_due: WhenDue
    plan: Callable[[str, Period], Plan | None]
    """Returns the plan of the form version in force for a period."""
    form_codes: frozenset[str]
    provincial: frozenset[str]
    """Indicators that only a province can have (rule R12)."""

    def is_slot(self, unit: str, form: str, period: str) -> bool:
        """Tell whether all three are known, so that a slot may be kept for them."""
        parsed = parse_period(period)
        return (
            parsed is not None
            and self.directory.get(unit) is not None
            and self.plan(form, parsed) is not None
        )


def know(catalogue: Catalogue, directory: Directory, when_due: WhenDue) -> Knowledge:
    """Prepare the plans of all form versions."""
    provincial = frozenset(it.code for it in catalogue.indicators.values() if it.at_province_only)
    plans = {(it.code, it.version): _plan(it, catalogue, provincial) for it in catalogue.forms}

    @lru_cache(maxsize=_PLANS_REMEMBERED)
    def plan(code: str, period: Period) -> Plan | None:
        form = catalogue.form(code, period)
        return None if form is None else plans[form.code, form.version]

    return Knowledge(
        catalogue=catalogue,
        directory=directory,
        when_due=when_due,
        plan=plan,
        form_codes=frozenset(form.code for form in catalogue.forms),
        provincial=provincial,
    )


def _plan(form: FormVersion, catalogue: Catalogue, provincial: frozenset[str]) -> Plan:
    own = [cell.indicator for cell in form.cells if not cell.split]
    indicators = {cell.key: catalogue.indicators[cell.indicator] for cell in form.cells}
    return Plan(
        form=form,
        indicators=indicators,
        scales={key: it.scale for key, it in indicators.items()},
        required=tuple(key for key in own if _is_required(indicators[key])),
        groups=tuple(
            Group(
                group.indicator,
                group.dimensions,
                frozenset(cell.key for cell in group.cells),
                _holds_rest(group.cells),
            )
            for group in form.groups
            if group.complete
        ),
        ratios=tuple(_ratios(own, indicators)),
        balances=tuple(_balances(form)),
        backlog=next((it for it in BACKLOGS if set(it) <= set(own)), None),
        bounded=tuple(key for key, it in indicators.items() if it.measure in _BOUNDED),
        provincial=frozenset(key for key, it in indicators.items() if it.code in provincial),
    )


def _is_required(indicator: Indicator) -> bool:
    return indicator.priority == 1 and indicator.measure is not Measure.RATIO


def _holds_rest(cells: tuple[Cell, ...]) -> bool:
    return any(code == UNCLASSIFIED for cell in cells for _, code in cell.split)


def _ratios(own: list[str], indicators: Mapping[str, Indicator]) -> Iterator[Ratio]:
    for key in own:
        numerator, denominator = indicators[key].numerator, indicators[key].denominator
        if numerator is not None and denominator is not None:
            yield Ratio(key, numerator, denominator)


def _balances(form: FormVersion) -> Iterator[Balance]:
    """Find the stock balance of the whole and of every part that all four are broken down by."""
    splits = [{cell.split for cell in form.cells if cell.indicator == name} for name in _BALANCE]
    for split in sorted(set.intersection(*splits)):
        opening, new, removed, closing = (Cell(name, split).key for name in _BALANCE)
        yield Balance(opening, new, removed, closing, whole=not split)
