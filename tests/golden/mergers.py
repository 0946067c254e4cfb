"""What a new province starts with: the closings of those that it was made of."""

import re
from collections.abc import Iterable

from services.aggregator.domain.amounts import Amount
from services.aggregator.domain.opening_stock import CarriedStock, opening_stocks
from services.aggregator.domain.scopes import current
from services.aggregator.domain.stated_figures import ByPeriod, StatedFigures, carry_opening_stocks
from shared.reference.periods import Period, period_containing
from tests.builders.periods import year
from tests.golden.areas import province_named
from tests.golden.book import Page
from tests.golden.replay import Replay, replay
from tests.golden.scenarios import Story
from tests.golden.world import AFTER, BEFORE, World
from tools.demo.articles import Article, Block, Roster, Stated

_OLD = " cũ"
_TOTAL, _OPENING = "dvk_models_total", "dvk_models_opening"
_NEIGHBOUR = 40
"""What each of the others closed with, since no article says it."""


def carry_forward(page: Page, world: World, stories: Iterable[Story]) -> None:
    """Open a new province with the closings that the rule names, and nobody else's."""
    today = province_named(world, page["new"].text(), AFTER)
    opening, _, closings = page["rule"].text().partition(" = ")
    named = re.findall(r"closing\(([^)]+)\)", closings)
    assert closings == " + ".join(f"closing({it})" for it in named)
    old = {province_named(world, it.removesuffix(_OLD), BEFORE).key for it in named}
    links = world.reference.lineage.predecessors(today.key)
    day = re.search(r"\d{4}-\d\d-\d\d", opening)

    assert {it.predecessor for it in links} == old
    assert {it.kind for it in links} == {"whole"}
    assert day is None or day[0] == f"{AFTER}"

    ((name, known),) = [(key, it) for key, it in page.parts() if key.endswith("_last_known")]
    its, stock = year(known["period"].number()), known[_TOTAL].number()
    article = name.removesuffix("_last_known")
    story = next(it for it in stories if it.page["id"].text().startswith(article))
    assert story.place.key in old
    assert story.replays[0].compute_figures(its, its)[_TOTAL].value == stock
    replays = [
        story.replays[0] if key == story.place.key else _neighbour(key, its, world) for key in old
    ]
    expected = stock + _NEIGHBOUR * (len(old) - 1)
    assert _in_current(today.key, its, replays, world) == expected
    assert _opening(replays, its) == expected


def _neighbour(key: str, its: Period, world: World) -> Replay:
    block = Block(
        form="F05", first=its.code, last=its.code, figures={_TOTAL: Stated(value=_NEIGHBOUR)}
    )
    article = Article(id=key, article="", area=key, roster=Roster(communes=3), blocks=(block,))
    return replay(article, world)


def _in_current(today: str, its: Period, replays: Iterable[Replay], world: World) -> int:
    """Add up what stands in today's boundaries: the totals of whole old provinces, as they are."""
    reference = world.reference
    scope = current(reference.directory, reference.lineage, today, its, AFTER)
    by_area = {it.area: it.stated(its, its).stated[_TOTAL][its].value for it in replays}
    assert set(scope.areas) == by_area.keys()
    assert scope.units + scope.not_separable + scope.unverified == ()
    return sum(by_area.values())


def _opening(replays: Iterable[Replay], its: Period) -> int:
    """Let the new province open with what the old ones closed with."""
    replays = list(replays)
    parts = [it.stated(its, its).stated[_TOTAL][its] for it in replays]
    closed: ByPeriod = {_TOTAL: {its: Amount(*map(sum, zip(*parts, strict=True)))}}
    layout = replays[0].world.layouts.require("F05", its.code)
    first = period_containing("cal", "half", AFTER)
    source = CarriedStock(tuple(sorted(it.area for it in replays)), its)
    said = carry_opening_stocks(
        StatedFigures({}), opening_stocks([layout]), first, StatedFigures(closed), source
    )
    assert said.carried[_OPENING][first] == source
    return said.stated[_OPENING][first].value
