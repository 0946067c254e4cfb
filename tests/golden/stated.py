"""What a scenario states: figures, the years they are of, and the forms that units send them on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shared.reference.directory import Unit
from shared.reference.forms import Cell
from shared.reference.indicators import Indicator, Measure
from shared.reference.periods import Period, label_vi, latest_closed
from tests.builders.periods import year
from tests.golden.book import Page
from tests.golden.world import World
from tools.demo.apportion import apportion, even
from tools.demo.articles import Article, Block, Roster, StockMovement

STOCK = ("opening", "new", "removed", "closing")
BEFORE_CLOSE = "dvk_models_opening"


@dataclass(frozen=True)
class Stated:
    """
    One figure: where it is sent, and in which answer it must come out again.

    ``form`` is None when nobody sends it: it is null, or follows from others.
    """

    cell: str
    value: int | str | None
    first: Period
    last: Period
    indicator: Indicator
    form: str | None = None
    qualifier: str = "exact"
    weights: str = "size"
    out_of: int | None = None

    @property
    def sent(self) -> tuple[Period, Period]:
        """The periods in which it is reported: a stock, and what is looked up, in the last."""
        alone = self.indicator.over_time == "last"
        return (self.last if alone else self.first), self.last


def stated(scenario: Page, place: Unit, world: World) -> list[Stated]:
    """Read all facts of a scenario."""
    found: list[Stated] = []
    default = _years(scenario)
    for block in scenario.get("blocks") or [scenario]:
        if block is not scenario:
            block.only_words("id")
        years = _years(block) or default
        its = [it for fact in block["facts"] for it in _fact(fact, years, world)]
        found += _with_forms(its, place, world)
    return found


def _years(page: Page) -> tuple[int, int] | None:
    """Read the years that facts are of."""
    if "window" in page:
        return _window(page["window"])
    if "period" in page and "kind" in page["period"]:
        its = year(page["period"]["year"].number())
        assert (its.kind, label_vi(its)) == (
            page["period"]["kind"].text(),
            page["period"]["label"].text(),
        )
        return its.year, its.year
    if "conference_date" in page:
        before = latest_closed("cal", "year", page["conference_date"].day())
        return before.year, before.year
    return None


def _window(page: Page) -> tuple[int, int]:
    page.only_words("label")
    if "year" in page:
        return page["year"].number(), page["year"].number()
    if "from_year" in page:
        return page["from_year"].number(), page["to_year"].number()
    last = page["to"].day()
    first = last if page["from"].value is None else page["from"].day()
    if page["from"].value is None:
        page["from"].plain()
    assert first <= last
    return first.year, last.year


def _fact(fact: Page, years: tuple[int, int] | None, world: World) -> Iterator[Stated]:
    fact.only_words("status", "ambiguity")
    indicator = world.reference.catalogue.indicators[fact["indicator"].text()]
    if "window" in fact:
        years = _window(fact["window"])
    if "period" in fact:
        years = fact["period"].number(), fact["period"].number()
    assert years is not None, fact.where
    its = Stated(
        _cell(fact, indicator),
        fact["value"].plain(),
        first=year(years[0]),
        last=year(years[1]),
        indicator=indicator,
        qualifier=fact["qualifier"].text() if "qualifier" in fact else "exact",
        out_of=fact["out_of"].number() if "out_of" in fact else None,
    )
    _kind(fact, indicator)
    yield its
    if "split" in fact:
        yield from _parts(fact["split"], its)
    if "change" in fact:
        yield _the_year_before(fact, its)


def _cell(fact: Page, indicator: Indicator) -> str:
    split = {name: fact[name].text() for name in ("award_level", "programme") if name in fact}
    return Cell(indicator.code, tuple(sorted(split.items()))).key


def _kind(fact: Page, indicator: Indicator) -> None:
    """Hold what a fact says of its measure against the catalogue."""
    if "as" in fact:
        said = {"flow": "sum", "stock_at_close": "last"}[fact["as"].text()]
        assert indicator.over_time == said
        assert (indicator.measure is Measure.STOCK_LAST) == (said == "last")
    if "numerator" in fact:
        parts = fact["numerator"].text(), fact["denominator"].text()
        assert (indicator.numerator, indicator.denominator) == parts
        assert indicator.measure is Measure.RATIO


def _parts(split: Page, whole: Stated) -> Iterator[Stated]:
    """Give each code of a split a share of the whole; the article states their sum."""
    ((dimension, codes),) = split.parts()
    cells = [Cell(whole.cell, ((dimension, code),)).key for code in codes.texts()]
    assert isinstance(whole.value, int)
    for (cell, _), share in apportion(whole.value, even((it, "") for it in cells)).items():
        yield replace(whole, cell=cell, value=share)


def _the_year_before(fact: Page, now: Stated) -> Stated:
    """Return the rank of the year that a change is measured against: a smaller one is better."""
    step = fact["change"].number() * {"up": 1, "down": -1}[fact["direction"].text()]
    before = year(fact["against_year"].number())
    assert isinstance(now.value, int)
    return replace(now, value=now.value + step, first=before, last=before)


def _with_forms(facts: Sequence[Stated], place: Unit, world: World) -> list[Stated]:
    """Let a block's figures travel together: the form that holds most of them goes first."""
    if not facts:
        return []
    choices = {it: _forms(it, place, world) for it in facts}
    forms = [form for its in choices.values() for form in its]
    best = max(sorted(set(forms)), key=forms.count, default=None)
    chosen = [it for it in facts if best in choices[it]]
    rest = [it for it in facts if it not in chosen]
    if best is None:
        return list(facts)
    return [_sent(it, best, facts) for it in chosen] + _with_forms(rest, place, world)


def _sent(it: Stated, form: str, block: Iterable[Stated]) -> Stated:
    """Say how a figure is spread: what is part of another is weighed by it (golden.yaml)."""
    ratios = [other.indicator for other in block if other.indicator.measure is Measure.RATIO]
    weights = next((r.denominator for r in ratios if r.numerator == it.cell), None) or "size"
    nobody = it.value is None or it.indicator.measure is Measure.RATIO
    return replace(it, form=None if nobody else form, weights=weights)


def _forms(it: Stated, place: Unit, world: World) -> list[str]:
    """Name the forms that hold a figure and are owed at its place or below, else any form."""
    versions = [world.reference.catalogue.form(code, it.last) for code in it.indicator.forms]
    holding = [form for form in versions if form is not None and it.cell in form.position]
    grassroots = [it for it in holding if it.owed_by & {"commune", "district"}]
    owed = [it for it in holding if place.level in it.owed_by] + grassroots
    return sorted({form.code for form in owed or holding})


def article(
    scenario: Page,
    place: Unit,
    facts: Iterable[Stated],
    world: World,
    stock: StockMovement | None = None,
) -> Article:
    """Lay a scenario out as the demo does: a roster of that many units, and figures by block."""
    blocks: dict[tuple[str, Period, Period], dict[str, object]] = {}
    for it in sorted(facts, key=lambda it: it.weights != "size"):
        if it.form is None or (it.indicator.additive and _has_parts(it, facts)):
            continue
        figure: dict[str, object] = {"value": it.value, "weights": it.weights}
        if it.qualifier != "exact":
            figure["qualifier"] = it.qualifier
        blocks.setdefault((it.form, *it.sent), {})[it.cell] = figure
    units = scenario["replay"]["unit_count"].number() if "replay" in scenario else 0
    number = scenario["article"].number()
    return Article(
        id=scenario["id"].text(),
        article=f"{number:03}",
        area=place.key,
        roster=Roster(communes=units),
        blocks=tuple(
            _block(form, first, last, its, stock, world)
            for (form, first, last), its in blocks.items()
        ),
    )


def _has_parts(it: Stated, facts: Iterable[Stated]) -> bool:
    """Tell whether the parts of a figure are sent, which sum to it."""
    return any(other.cell.startswith(f"{it.cell}[") for other in facts)


def _block(
    form: str,
    first: Period,
    last: Period,
    figures: dict[str, object],
    stock: StockMovement | None,
    world: World,
) -> Block:
    version = world.reference.catalogue.form(form, last)
    assert version is not None
    by: Literal["units", "area"] = "units" if version.owed_by & {"commune", "district"} else "area"
    moved = {f"dvk_models_{it}" for it in ("new", "total")}
    moving = stock is not None and moved <= figures.keys()
    left = {cell: it for cell, it in figures.items() if not moving or cell not in moved}
    return Block.model_validate(
        {
            "form": form,
            "by": by,
            "first": first.code,
            "last": last.code,
            "figures": left,
            "stock": stock if moving else None,
        }
    )
