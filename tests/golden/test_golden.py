"""
The golden file, whole: each of its facts comes out of our own code.

Every check reads the file through a book that remembers what was read, so the last test can tell
when somebody adds a fact that nothing is held against. Nothing here repeats a figure of the file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.articles import read
from tests.builders.reference import shipped_reference
from tests.golden import areas, extras, law, mergers, scenarios, sentences
from tests.golden.book import Page, leaves
from tests.golden.replay import Replay
from tests.golden.scenarios import Story
from tests.golden.world import World

DOCUMENT = read("", dict[str, object])
"""The sections of the file by name."""


@dataclass(frozen=True)
class Run:
    """One reading of the file, and what was worked out for it."""

    world: World
    replays: dict[str, Replay] = field(default_factory=dict)

    def story(self, page: Page) -> Story:
        """Read and replay a scenario; the same reports are judged and counted once."""
        return Story.read(page, self.world, self.replays)


Check = Callable[[Page, Run], None]


def _of_world(check: Callable[[Page, World], None]) -> Check:
    return lambda page, run: check(page, run.world)


def _of_each(check: Check) -> Check:
    def each(page: Page, run: Run) -> None:
        for it in page:
            check(it, run)

    return each


def version(page: Page, _: Run) -> None:
    """Hold that the file is one that these checks understand."""
    assert page.number() == 1


def scenario(page: Page, run: Run) -> None:
    """Hold one article in all that it says and must not say."""
    story = run.story(page)
    scenarios.figures_come_out(story)
    scenarios.variants_hold(story)
    scenarios.texts_read_as_printed(story)
    scenarios.nothing_else_comes_out(story)
    scenarios.surroundings(story)
    for part, check in (
        ("derived", sentences.derived),
        ("must_reject", sentences.must_reject),
        ("must_hold", sentences.must_hold),
    ):
        for it in page.get(part) or ():
            check(it, story)


def carry_forward(page: Page, run: Run) -> None:
    """Hold what the new provinces begin with."""
    articles = Page(DOCUMENT["scenarios"], "scenarios")
    stories = [run.story(it) for it in articles if it["place"]["level"].value == "province"]
    for it in page:
        mergers.carry_forward(it, run.world, stories)


CHECKS: Mapping[str, Check] = {
    "version": version,
    "conventions": _of_world(law.conventions),
    "scenarios": _of_each(scenario),
    "extra_scenarios": _of_each(_of_world(extras.extra)),
    "reporting_windows_2026.basis": _of_world(law.basis_of_windows),
    "reporting_windows_2026.periods": _of_each(_of_world(law.window)),
    "calendar.swaps": _of_each(_of_world(law.swap)),
    "calendar.tet_2026": _of_world(law.tet),
    "calendar.culture_day": _of_world(law.culture_day),
    "deadline_wording": _of_each(_of_world(law.wording)),
    "formatting": _of_each(_of_world(law.formatting)),
    "admin_units.now": _of_world(areas.now),
    "admin_units.seed_provinces": _of_each(_of_world(areas.seed_province)),
    "admin_units.code_reuse_traps": _of_each(_of_world(areas.code_reuse)),
    "admin_units.split_example": _of_world(areas.split_example),
    "admin_units.merge_example_ha_tinh_city": _of_world(areas.merge_example),
    "admin_units.merger_carry_forward": carry_forward,
    "admin_units.known_errors_vietnam_provinces_2026_9_0": _of_each(_of_world(areas.known_error)),
}
"""What each part of the file is held against."""


@pytest.fixture(scope="module")
def run() -> Run:
    """Return our facts, with an empty memory."""
    return Run(World(shipped_reference()))


def at(place: str, document: object = DOCUMENT) -> Page:
    """Open the book at a part."""
    page = Page(document)
    for name in place.split("."):
        page = page[name]
    return page


def rows() -> Iterator[tuple[str, int | None]]:
    """List the parts to check: each row of a list on its own, so that a failure names it."""
    for place in CHECKS:
        value = at(place).value
        if isinstance(value, list) and place != "admin_units.merger_carry_forward":
            yield from ((place, number) for number in range(len(value)))
        else:
            yield place, None


@pytest.mark.parametrize(("place", "number"), list(rows()))
def test_our_code_gives_what_the_golden_file_says(place: str, number: int | None, run: Run) -> None:
    """Each part of the file, row by row."""
    CHECKS[place](at(place, alone(place, number)), run)


def unread(document: object, run: Run) -> list[str]:
    """Run every check over a document and name what none of them has looked at."""
    readers = Page(document).readers
    for place, check in CHECKS.items():
        page = at(place, document)
        check(Page(page.value, page.where, readers), run)
    return sorted(set(leaves(document)) - readers.checked - readers.words)


def test_nothing_in_the_golden_file_is_forgotten(run: Run) -> None:
    """A fact that is added to the file must be held against something, or be called words."""
    assert unread(DOCUMENT, run) == []


def test_a_fact_that_nobody_checks_would_be_named(run: Run) -> None:
    """The guard itself: a section, a row's field and an empty list that are new."""
    document = deepcopy(DOCUMENT)
    document["letters"] = []
    scenario_1 = at("scenarios", document).value
    assert isinstance(scenario_1, list)
    scenario_1[0]["replay"]["districts"] = 8

    assert unread(document, run) == ["letters", "scenarios[0].replay.districts"]


LONG_AGO = timedelta(days=450)
"""So far back that a day is another day: no swap, another directory."""

_NUMBER = re.compile(r"\d+(\.\d+)?")


def altered(value: object) -> object:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case date():
            return value - LONG_AGO
        case str() if _NUMBER.search(value):
            return _NUMBER.sub(
                lambda found: str(Decimal(found[0]) + Decimal("0.1")), value, count=1
            )
        case None:
            return 1
        case _:
            return f"{value} khác"


def with_another_value(document: object, where: str) -> object:
    """Return a copy of a document in which one leaf says something else."""
    copy = deepcopy(document)
    *way, last = re.findall(r"[^.\[\]]+", where)
    part: Any = copy
    for step in way:
        part = part[int(step) if isinstance(part, list) else step]
    place: Any = int(last) if isinstance(part, list) else last
    part[place] = altered(part[place])
    return copy


def alone(place: str, number: int | None) -> object:
    """Return the document with nothing in it but one part, or one row of one."""
    part = at(place).value
    if number is not None:
        assert isinstance(part, list)
        part = [part[number]]
    for name in reversed(place.split(".")):
        part = {name: part}
    return part


# Figures that a province stated and nothing else in the file follows from: another would do.
GIVEN = re.compile(
    r"extra_scenarios\[0\]\.facts\."
    r"(petitions_received|petitions_eligible|reception_visits|dvk_models_registered|work_days\.value)"
)
COSTLY = ("scenarios", "admin_units.merger_carry_forward")
"""Sections that replay thousands of reports; the others are checked in milliseconds."""


@pytest.mark.parametrize(
    ("place", "number"), [(place, number) for place, number in rows() if place not in COSTLY]
)
def test_every_other_value_is_noticed(place: str, number: int | None, run: Run) -> None:
    """Reading a fact is not checking it: whatever is changed, some check must object."""
    document = alone(place, number)
    page = at(place, document)
    CHECKS[place](page, run)
    passed = []
    for where in sorted(page.readers.checked):
        try:
            CHECKS[place](at(place, with_another_value(document, where)), run)
        except (AssertionError, LookupError, ValueError, pytest.fail.Exception):
            continue
        passed.append(where)

    assert page.readers.checked
    assert [it for it in passed if not GIVEN.fullmatch(it)] == []
