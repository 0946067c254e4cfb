"""Reference data prepared for the rules: forms are compiled once per version."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from services.intake.domain.adjoining import Adjoining, adjoining
from services.intake.domain.reorganisation import Reorganisations
from shared.reference.catalogue import (
    UNCLASSIFIED,
    Catalogue,
    Cell,
    Code,
    FormVersion,
    Indicator,
    Measure,
)
from shared.reference.deadlines import Due
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage
from shared.reference.periods import Period
from shared.reference.regimes import Regimes

DueLookup = Callable[[str, Period, str], Due | None]
"""Answers when a form for a period is due from a unit."""


class BacklogCells(NamedTuple):
    """The cells of cases: what arose, what was settled, what was open at the start (rule R5)."""

    arisen: str
    settled: str
    carried_in: str


# R1: opening, new, removed, closing (Ninh Bình 2023).
_BALANCE = ("dvk_models_opening", "dvk_models_new", "dvk_models_removed", "dvk_models_total")
# R1 without an opening of its own: closing, established, dissolved; it continues the last closing.
BOARDS = ("cisb_boards", "cisb_established", "cisb_dissolved")
# R5 and R4: what arose, what was settled; what was open at the start. The rest is carried on.
BACKLOGS = (
    BacklogCells("pib_violations_detected", "pib_cases_resolved", "pib_cases_carried_in"),
    BacklogCells("petitions_competent", "petitions_resolved", "petitions_carried_in"),
)
# R4: each of these is at most the one before it (Đắk Lắk: 3.352, 2.583, 138).
_PETITIONS = ("petitions_received", "petitions_eligible", "petitions_competent")
# R4: the whole, and a part of it that can never be more (R4 in docs/DOMAIN.md#rules).
_WITHIN = (
    ("households_consulted", "households_approving"),
    ("opinions_collected", "opinions_accepted"),
    ("dialogue_opinions", "dialogue_opinions_answered"),
    ("pib_violations_detected", "pib_cases_recommended"),
    ("mediation_cases", "mediation_successes"),
    ("clearance_households", "clearance_households_handed_over"),
    ("clearance_households", "clearance_households_pledged"),
    ("dvk_models_total", "dvk_models_effective"),
    ("staff_conferences_due", "staff_conferences_held"),
    ("labour_conferences_due", "labour_conferences_held"),
)
_PLANS_REMEMBERED = 4096
_BOUNDED = frozenset({Measure.SCORE, Measure.RANK, Measure.CATEGORY})


@dataclass(frozen=True, slots=True)
class CompleteSplit:
    """The cells of one breakdown and the cell that they must sum to."""

    total: str
    dimensions: tuple[str, ...]
    parts: frozenset[str]
    unclassified: bool


@dataclass(frozen=True, slots=True)
class RateCells:
    """
    A rate that may be sent, and the cells that it must agree with.

    ``carried_in`` is a part of the denominator, where the form has it.
    """

    rate: str
    numerator: str
    denominator: str
    carried_in: str | None = None


@dataclass(frozen=True, slots=True)
class StockCells:
    """The four cells of a stock, of the whole or of one part of it."""

    opening: str
    new: str
    removed: str
    closing: str
    whole: bool


@dataclass(frozen=True)
class CompiledForm:
    """One form version, prepared for judging thousands of reports a second."""

    form: FormVersion
    indicators: Mapping[str, Indicator]
    scales: Mapping[str, int]
    required: tuple[str, ...]
    groups: tuple[CompleteSplit, ...]
    ratios: tuple[RateCells, ...]
    balances: tuple[StockCells, ...]
    backlog: BacklogCells | None
    petitions: tuple[tuple[str, ...], ...]
    within: tuple[tuple[str, ...], ...]
    """Cells of which each is at most the one before it (rule R4), of the whole and by part."""
    dated: tuple[tuple[str, Code], ...]
    """Cells of a code that begins or ends on a day."""
    bounded: tuple[str, ...]
    provincial: frozenset[str]
    """Cells that only a province can have (rule R12)."""
    cells: frozenset[str]
    others: Mapping[str, tuple[str, ...]]
    """Other forms that a reporter of this one is asked on, with the cells that both have (R16)."""
    continues: bool
    """Whether it holds stocks that must continue those of the period before (R1, R2)."""


@dataclass(frozen=True, slots=True)
class PeriodContext:
    """A period, what adjoins it, and the plan of a form in force for it."""

    around: Adjoining
    compiled: CompiledForm | None

    @property
    def period(self) -> Period:
        """The period itself."""
        return self.around.period

    @property
    def continues(self) -> bool:
        """Whether the form has stocks that continue those of the period before (R1, R2)."""
        return self.compiled is not None and self.compiled.continues

    @property
    def has_backlog(self) -> bool:
        """Whether the form counts cases that later periods may settle (R5)."""
        return self.compiled is not None and self.compiled.backlog is not None


@dataclass(frozen=True)
class RuleContext:
    """Catalogue, directory, deadlines and reorganisations that the rules need."""

    catalogue: Catalogue
    directory: Directory
    when_due: DueLookup
    compiled: Callable[[str, Period], CompiledForm | None]
    """Returns the plan of the form version in force for a period."""
    period_context: Callable[[str, str], PeriodContext | None]
    """Returns the frame of a form and a period by their codes, None for an unknown period."""
    versions: Mapping[tuple[str | None, int | None], CompiledForm]
    """Every form version by code and number."""
    form_codes: frozenset[str]
    reorganisations: Reorganisations
    regimes: Regimes

    def compiled_version(self, code: str | None, number: int | None) -> CompiledForm | None:
        """Return a form version by its number, also one that is in force no more."""
        return self.versions.get((code, number))

    def is_slot(self, unit: str, form: str, period: str) -> bool:
        """Tell whether all three are known, so that a slot may be kept for them."""
        period_context = self.period_context(form, period)
        known = period_context is not None and period_context.compiled is not None
        return known and self.directory.get(unit) is not None


def build_rule_context(
    catalogue: Catalogue,
    directory: Directory,
    when_due: DueLookup,
    lineage: Lineage | None = None,
    regimes: Regimes | None = None,
) -> RuleContext:
    """Prepare the plans of all form versions."""
    known_regimes = regimes or Regimes()
    provincial = frozenset(it.code for it in catalogue.indicators.values() if it.at_province_only)
    versions: dict[tuple[str | None, int | None], CompiledForm] = {
        (it.code, it.version): _compile(it, catalogue, provincial)
        for form in catalogue.forms
        for it in (form, *form.earlier())
    }

    @lru_cache(maxsize=_PLANS_REMEMBERED)
    def compiled(code: str, period: Period) -> CompiledForm | None:
        form = catalogue.form(code, period)
        return None if form is None else versions[form.code, form.version]

    @lru_cache(maxsize=_PLANS_REMEMBERED)
    def period_context(code: str, period: str) -> PeriodContext | None:
        around = adjoining(period, known_regimes)
        return None if around is None else PeriodContext(around, compiled(code, around.period))

    return RuleContext(
        catalogue=catalogue,
        directory=directory,
        when_due=when_due,
        compiled=compiled,
        period_context=period_context,
        versions=versions,
        form_codes=frozenset(form.code for form in catalogue.forms),
        reorganisations=Reorganisations(directory, lineage or Lineage()),
        regimes=known_regimes,
    )


def _compile(form: FormVersion, catalogue: Catalogue, provincial: frozenset[str]) -> CompiledForm:
    own = [cell.indicator for cell in form.cells if not cell.split]
    indicators = {cell.key: catalogue.indicators[cell.indicator] for cell in form.cells}
    return CompiledForm(
        form=form,
        indicators=indicators,
        scales={key: it.scale for key, it in indicators.items()},
        required=tuple(key for key in own if _is_required(indicators[key])),
        groups=tuple(
            CompleteSplit(
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
        backlog=next((it for it in BACKLOGS if {it.arisen, it.settled} <= set(own)), None),
        petitions=tuple(_aligned(form, _PETITIONS)),
        within=tuple(it for names in _WITHIN for it in _aligned(form, names)),
        dated=tuple(_dated(form, catalogue)),
        bounded=tuple(
            key for key, it in indicators.items() if it.measure in _BOUNDED or it.yes_or_no
        ),
        provincial=frozenset(key for key, it in indicators.items() if it.code in provincial),
        cells=frozenset(indicators),
        others=_others(form, catalogue),
        continues=bool({_BALANCE[0], BOARDS[0]} & set(own)),
    )


def _is_required(indicator: Indicator) -> bool:
    return indicator.priority == 1 and indicator.measure is not Measure.RATIO


def _holds_rest(cells: tuple[Cell, ...]) -> bool:
    return any(code == UNCLASSIFIED for cell in cells for _, code in cell.split)


def _ratios(own: list[str], indicators: Mapping[str, Indicator]) -> Iterator[RateCells]:
    for key in own:
        numerator, denominator = indicators[key].numerator, indicators[key].denominator
        if numerator is not None and denominator is not None:
            carried_in = indicators[key].carried_in
            known = carried_in if carried_in in indicators else None
            yield RateCells(key, numerator, denominator, known)


def _balances(form: FormVersion) -> Iterator[StockCells]:
    """Find the stock balance of the whole and of every part that all four are broken down by."""
    splits = [{cell.split for cell in form.cells if cell.indicator == name} for name in _BALANCE]
    for split in sorted(set.intersection(*splits)):
        opening, new, removed, closing = (Cell(name, split).key for name in _BALANCE)
        yield StockCells(opening, new, removed, closing, whole=not split)


def _others(form: FormVersion, catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    others: dict[str, tuple[str, ...]] = {}
    for cell in form.cells:
        indicator = catalogue.indicators[cell.indicator]
        for other in indicator.forms if indicator.home else ():
            if other != form.code:
                others[other] = (*others.get(other, ()), cell.key)
    return others


def _aligned(form: FormVersion, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the cells of some indicators side by side, for the whole and for every part."""
    splits = [{cell.split for cell in form.cells if cell.indicator == name} for name in names]
    for split in sorted(set[tuple[tuple[str, str], ...]]().union(*splits)):
        having = [it for it, known in zip(names, splits, strict=True) if split in known]
        if len(having) > 1:
            yield tuple(Cell(it, split).key for it in having)


def _dated(form: FormVersion, catalogue: Catalogue) -> Iterator[tuple[str, Code]]:
    for cell in form.cells:
        for dimension, name in cell.split:
            for code in catalogue.codes_of(cell.indicator, dimension):
                if code.code == name and (code.valid_from or code.valid_to):
                    yield cell.key, code
