"""One article: its place, its figures through both pure cores, and what must not come out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shared.contracts.totals import Figure
from shared.reference.directory import Unit
from shared.reference.indicators import Measure
from shared.reference.periods import Period, period_containing
from tests.builders.periods import year
from tests.golden import areas, committees
from tests.golden.book import Page
from tests.golden.replay import Replay, cells_with_values, replay
from tests.golden.stated import Stated, article, stated
from tests.golden.world import AFTER, BEFORE, World
from tools.demo.articles import StockMovement

# What report_text calls a figure.
SHORT_NAMES = {
    "new": "dvk_models_new",
    "total": "dvk_models_total",
    "detected": "pib_violations_detected",
    "resolved": "pib_cases_resolved",
    "rate": "pib_resolution_rate",
    "opinions": "opinions_collected",
    "delegates": "online_delegates",
    "par": "par_index_score",
    "par_rank": "par_index_rank",
    "sipas": "sipas_score",
    "documents": "guidance_documents_issued",
    "boards": "oversight_boards_combined",
    "members": "oversight_members_combined",
    "recognised": "dvk_models_recognised",
}
_SAMPLES = {"dvk_models_opening"}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Story:
    """A scenario, read and replayed: with nothing but its facts, and once for every variant."""

    page: Page
    world: World
    place: Unit
    facts: Sequence[Stated]
    replays: Sequence[Replay]
    _answers: dict[tuple[str, str], Mapping[str, Figure]] = field(default_factory=dict)

    @classmethod
    def read(cls, page: Page, world: World, known: dict[str, Replay]) -> "Story":
        """Read a scenario and replay it; what was replayed before is *known*."""
        place = _place(page["place"], world)
        facts = stated(page, place, world)
        stocks = [None, *_variants(page)]
        articles = [article(page, place, facts, world, it) for it in stocks]
        replays = []
        for it in articles:
            key = it.model_dump_json()
            known[key] = known.get(key) or replay(it, world)
            replays.append(known[key])
        return cls(page, world, place, facts, replays)

    def answer(self, first: Period, last: Period) -> Mapping[str, Figure]:
        """Return what readers get for some years."""
        span = first.code, last.code
        if span not in self._answers:
            self._answers[span] = self.replays[0].figures(first, last)
        return self._answers[span]

    def figure(self, cell: str) -> Figure:
        """Return a figure as the article gives it."""
        its = next(it for it in self.facts if it.cell == cell)
        return self.answer(its.first, its.last)[cell]

    def value(self, cell: str) -> int:
        """Return a figure that is a whole number."""
        value = self.figure(cell).value
        assert isinstance(value, int)
        return value

    @cached_property
    def span(self) -> tuple[Period, Period]:
        """All years that the article speaks of."""
        if not self.facts:
            day = self.page["as_of"].day()
            return period_containing("cal", "year", day), period_containing("cal", "year", day)
        return min(it.first for it in self.facts), max(it.last for it in self.facts)


def _place(page: Page, world: World) -> Unit:
    """Find the place as it was, and hold what became of it against the directory."""
    level = page["level"].text()
    place = world.unit(page[f"legacy_{level}_code"].number(), level, BEFORE)
    province = world.unit(page["legacy_province_code"].number(), "province", BEFORE)
    successor = world.unit(page["successor_province_code"].number(), "province", AFTER)

    assert place.name == page["name"].text()
    assert world.reference.directory.province(place.key, BEFORE) == province.key
    assert world.successors(province.key) == {successor.key}
    assert successor.name == page["successor_name"].text()
    if "ended" in page:
        areas.ended(place, page["ended"])
    return place


def _variants(page: Page) -> Iterable[StockMovement]:
    """Return the movements that give the stated stock, with the removals known and unknown."""
    if "replay" not in page or "variants" not in page["replay"]:
        return
    for it in page["replay"]["variants"]:
        opening, new, removed, closing = (
            it[name].number() for name in ("opening", "new", "removed", "closing")
        )
        yield StockMovement(opening=opening, new=new, removed=removed, closing=closing)
        yield StockMovement(opening=opening, new=new, removed=None, closing=closing)


def figures_come_out(story: Story) -> None:
    """Every stated figure, with its qualifier, its completeness and what it is out of."""
    for it in story.facts:
        for one in story.replays:
            answer = one.figures(it.first, it.last) if one is not story.replays[0] else None
            found = (answer or story.answer(it.first, it.last))[it.cell]
            assert found.value == it.value or it.cell == "dvk_models_removed", it.cell
            if it.value is not None:
                assert found.qualifier == it.qualifier
                _complete(story, it, found)
            elif it.cell != "dvk_models_removed":
                assert (found.display, found.reported_by) == ("–", 0)
            if it.out_of is not None:
                assert found.out_of == it.out_of


def _complete(story: Story, it: Stated, found: Figure) -> None:
    """All of those reported who owe it: the units of the roster, or the province itself."""
    units = story.page["replay"]["unit_count"].number()
    version = story.world.reference.catalogue.form(it.form, it.last) if it.form else None
    grassroots = version is None or bool(version.owed_by & {"commune", "district"})
    owed = grassroots or story.place.level in (version.owed_by if version else ())
    expected = (units if grassroots else 1) if owed else 0
    assert (found.reported_by, found.expected) == (expected, expected), it.cell


def variants_hold(story: Story) -> None:
    """Leave removals unknown that nobody stated, or take what the variant says they were."""
    stocks = list(_variants(story.page))
    for one, stock in zip(story.replays[1:], stocks, strict=True):
        found = one.figures(*story.span)
        moved = {
            name: found[f"dvk_models_{cell}"].value
            for name, cell in zip(
                ("opening", "new", "removed", "closing"),
                ("opening", "new", "removed", "total"),
                strict=True,
            )
        }
        assert moved == stock.model_dump()


def nothing_else_comes_out(story: Story) -> None:
    """No number that the article uses for something else has become a figure."""
    answer = story.answer(*story.span)
    told = {it.cell for it in story.facts} | {it.cell.partition("[")[0] for it in story.facts}
    assert cells_with_values(answer) <= told | _SAMPLES
    values = {str(it.value) for it in answer.values() if it.value is not None}
    values |= {str(story.figure(it.cell).value) for it in story.facts}
    for text in story.page["not_indicators"].texts():
        numbers = {str(int(it)) for it in _NUMBER.findall(text)}
        assert numbers.isdisjoint(values), text
        assert text not in {
            it.label_vi for it in story.world.reference.catalogue.indicators.values()
        }


def texts_read_as_printed(story: Story) -> None:
    """Figures look as the article prints them."""
    if "report_text" not in story.page:
        return
    for name, text in story.page["report_text"].parts():
        its = story.figure(SHORT_NAMES.get(name, name))
        indicator = story.world.reference.catalogue.indicators[its.indicator]
        points = indicator.measure is Measure.SCORE and indicator.unit_of_measure != "%"
        shown = f"{its.display} {its.unit_of_measure}" if points else its.display
        assert shown == text.text(), name


def surroundings(story: Story) -> None:
    """Hold what a scenario says beside figures: committees, visitors, dates."""
    page, world = story.page, story.world
    page.only_words("as_of_note")
    committees.committees(page, story.place)
    if "visitor" in page:
        visitor = page["visitor"]
        before = world.unit(visitor["legacy_province_code"].number(), "province", BEFORE)
        after = world.unit(visitor["successor_province_code"].number(), "province", AFTER)
        assert before.name == after.name == visitor["name"].text()
        assert world.successors(before.key) == {after.key}
    if "as_of" in page:
        assert page["as_of"].day() <= story.span[1].last_day
        assert page["as_of"].day() >= story.span[1].first_day
    if "replay" in page:
        _replay_settings(page["replay"], story)


def _replay_settings(page: Page, story: Story) -> None:
    page.only_words("status", "note")
    if "periods" in page:
        first, last = story.span
        assert [year(it) for it in page["periods"].numbers()] == [
            year(it) for it in range(first.year, last.year + 1)
        ]
