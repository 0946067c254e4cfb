"""Who passed into whom: links, components, heirs, and who answers for a closed unit."""

from dataclasses import replace
from datetime import date

import pytest

from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.lineage import Component, Lineage, Link, build_links, known_links
from tests.builders.reforms import unit

D1, D2 = date(2025, 7, 1), date(2026, 1, 1)
BEFORE, BETWEEN, AFTER = date(2025, 6, 30), date(2025, 10, 1), date(2026, 6, 30)
ENDED1, ENDED2 = date(2025, 6, 30), date(2025, 12, 31)


def part(old: str, new: str, day: date) -> Link:
    """Return a link in part."""
    return Link(old, new, "part", day)


def whole(old: str, new: str, day: date) -> Link:
    """Return a whole link."""
    return Link(old, new, "whole", day)


@pytest.fixture
def directory() -> Directory:
    """Return a province with a district; A and B make M, which is divided into X and Y."""
    return Directory(
        [
            unit("P", "province", None),
            replace(unit("D", "district", "P"), valid_to=ENDED1),
            replace(unit("A", "commune", "D"), valid_to=ENDED1),
            replace(unit("B", "commune", "D"), valid_to=ENDED1),
            replace(unit("C", "commune", "D"), valid_to=ENDED1),
            replace(unit("M", "commune", "P", D1), valid_to=ENDED2),
            unit("X", "commune", "P", D2),
            unit("Y", "commune", "P", D2),
            unit("K", "commune", "P"),
        ]
    )


@pytest.fixture
def lineage() -> Lineage:
    """Return those links, and K, which cedes a part to M and lives on."""
    return Lineage(
        [
            part("M", "Y", D2),
            whole("A", "M", D1),
            whole("B", "M", D1),
            part("M", "X", D2),
            part("K", "M", D1),
        ]
    )


def test_links_are_found_from_both_ends_in_time(lineage: Lineage) -> None:
    """A unit's page lists where it came from and where it went."""
    assert [it.predecessor for it in lineage.predecessors("M")] == ["A", "B", "K"]
    assert [it.successor for it in lineage.successors("M")] == ["X", "Y"]
    assert lineage.predecessors("A") == lineage.successors("Y") == ()
    assert len(lineage) == len(list(lineage)) == 5


@pytest.mark.parametrize(
    ("key", "day", "today", "heirs"),
    [
        pytest.param("A", BEFORE, BEFORE, "A", id="still-itself"),
        pytest.param("A", BEFORE, BETWEEN, "M", id="merged"),
        pytest.param("A", BEFORE, AFTER, "XY", id="merged-and-then-divided"),
        pytest.param("A", date(2025, 12, 31), BETWEEN, "M", id="period-closes-after-its-end"),
        pytest.param("M", BETWEEN, AFTER, "XY", id="divided"),
        pytest.param("K", BEFORE, AFTER, "KXY", id="ceded-a-part-and-lives-on"),
        pytest.param("K", BETWEEN, AFTER, "K", id="after-the-cession-the-part-is-not-its-own"),
        pytest.param("C", BEFORE, AFTER, "P", id="no-successor-and-no-district-either"),
        pytest.param("D", BEFORE, AFTER, "P", id="a-district"),
        pytest.param("C", BEFORE, BEFORE, "C", id="not-ended-yet"),
        pytest.param("X", BEFORE, BEFORE, "X", id="not-begun-yet"),
        pytest.param("?", BEFORE, AFTER, "", id="unknown"),
    ],
)
def test_what_was_reported_lives_on_in_the_heirs(
    lineage: Lineage, directory: Directory, key: str, day: date, today: date, heirs: str
) -> None:
    """Two heirs or more mean that nobody knows the shares."""
    assert lineage.heirs(key, day, today, directory) == set(heirs)


def test_who_ceded_a_part_and_then_closed_passes_to_the_one_above(directory: Directory) -> None:
    """The part went to K; the rest has no successor and must not get lost."""
    lineage = Lineage([part("C", "K", date(2024, 1, 1))])
    assert lineage.heirs("C", date(2023, 12, 31), AFTER, directory) == {"K", "P"}
    assert lineage.heirs("C", date(2024, 12, 31), AFTER, directory) == {"P"}


@pytest.mark.parametrize(
    ("key", "on", "who"),
    [
        ("A", BEFORE, ("A",)),
        ("A", D1, ("M",)),
        ("A", D2, ("X", "Y")),
        ("D", D1, ("P",)),
        ("X", BEFORE, ()),
        ("?", D1, ()),
    ],
)
def test_somebody_answers_for_a_closed_unit(
    lineage: Lineage, directory: Directory, key: str, on: date, who: tuple[str, ...]
) -> None:
    """A late report of a unit that is gone is asked of whoever took over."""
    assert lineage.answers_for(key, on, directory) == who


def test_a_component_holds_what_one_day_connects(lineage: Lineage, directory: Directory) -> None:
    """Σ closings of the old equals Σ openings of the new only over all that is connected."""
    assert lineage.component("M") == Component(D1, frozenset("ABK"), frozenset("M"))
    assert lineage.component("M", directory) == Component(D1, frozenset("ABK"), frozenset("MK"))
    assert lineage.component("M", on=D2) == Component(D2, frozenset("M"), frozenset("XY"))
    assert lineage.component("A") == lineage.component("M")
    assert lineage.component("C") is None
    assert lineage.component("M", on=date(2020, 1, 1)) is None


def test_who_lives_on_connects_what_it_gave_with_what_it_took(directory: Directory) -> None:
    """K gave a part to M and took all of C on the same day: its closing went two ways."""
    lineage = Lineage([part("K", "M", D1), whole("C", "K", D1)])

    assert lineage.component("M", directory) == Component(D1, frozenset("CK"), frozenset("KM"))


def test_turns_count_the_days_on_which_something_passed(lineage: Lineage) -> None:
    """Whoever remembers an answer needs to know until when it holds."""
    assert [lineage.interval_index(day) for day in (BEFORE, D1, BETWEEN, D2)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([part("A", "M", D1), part("A", "M", D1)], "A -> M on 2025-07-01: is there twice"),
        ([whole("A", "M", D1), part("A", "X", D1)], "the whole and something else"),
        ([whole("A", "M", D1), part("A", "X", D2)], "after the whole has passed"),
        ([whole("A", "A", D1)], "is no way"),
        ([Link("A", "M", "half", D1)], "is no way"),
    ],
)
def test_links_that_contradict_are_refused(links: list[Link], message: str) -> None:
    """What has passed wholly cannot pass again."""
    with pytest.raises(FactError, match=message):
        Lineage(links)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (part("A", "?", D1), "\\? does not exist on 2025-07-01"),
        (whole("A", "M", D2), "A does not exist on 2025-12-31"),
        (whole("A", "X", D1), "X does not exist on 2025-07-01"),
        (whole("K", "M", D1), "K passed wholly and lives on"),
    ],
)
def test_links_that_no_unit_can_have_are_refused(
    directory: Directory, link: Link, message: str
) -> None:
    """Figures would wait for a unit that is not there."""
    with pytest.raises(FactError, match=message):
        Lineage([link]).check(directory)


def test_links_of_units_left_out_are_left_out(lineage: Lineage, directory: Directory) -> None:
    """A place with sample units in the place of real ones has no lineage for them."""
    few = Directory([it for it in directory if it.key in "PMX"])

    assert known_links(lineage, few) == [part("M", "X", D2)]


ROW = {
    "predecessor": "01.1",
    "successor": "01.2",
    "kind": "whole",
    "effective_on": "2025-07-01",
    "decision": "",
    "verified": "no",
}


def test_a_row_becomes_a_link() -> None:
    """An act that we have not seen is an empty field, and never a guess."""
    assert build_links([ROW], "mine.csv") == [Link("01.1", "01.2", "whole", D1, "", verified=False)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "renamed"}, "mine.csv:3: kind: must be one of whole, part"),
        ({"verified": ""}, "mine.csv:3: verified"),
        ({"effective_on": ""}, "mine.csv:3: effective_on: a date is missing"),
        ({"successor": "01.1"}, "mine.csv:3: successor: is the predecessor itself"),
    ],
)
def test_an_unusable_row_is_named(change: dict[str, str], message: str) -> None:
    """Ten thousand rows are corrected by their number."""
    with pytest.raises(FactError, match=message):
        build_links([ROW, {**ROW, **change}], "mine.csv")
