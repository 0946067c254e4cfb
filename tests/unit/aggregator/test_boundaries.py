"""The reform of 1 July 2025 on the real directory: where the figures of today's areas are."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import pytest

from services.aggregator.domain.boundaries import Sources, sources
from shared.reference.directory import Directory
from shared.reference.lineage import Lineage, Link
from shared.reference.reference_data import ReferenceData
from tests.articles import read
from tests.builders.periods import period
from tests.builders.reforms import unit

TODAY = read("admin_units.now.as_of", date)
BEFORE = date(2025, 6, 30)


@dataclass(frozen=True)
class SeedProvince:
    """A province of today and the codes of its predecessors."""

    legacy: list[int]
    now: int


@dataclass(frozen=True)
class Trap:
    """An official code with the names it had before and has after the reform."""

    before: str
    after: str
    code: int | None = None
    ward_code: int | None = None


@dataclass(frozen=True)
class Division:
    """A ward that was divided, as "ward, district, province", and its successors."""

    legacy_ward: str
    successors: list[str]


@dataclass(frozen=True)
class City:
    """A city below a province that ended, and what became of its wards."""

    legacy_district: int
    legacy_wards_2025_01_04: int
    successors: list[str]


SEEDS = read("admin_units.seed_provinces", list[SeedProvince])


def of(reference: ReferenceData, area: str, code: str, today: date = TODAY) -> Sources:
    """Return the sources of an area of the directory that ships."""
    return sources(area, period(code), reference.directory, reference.lineage, today)


def names(reference: ReferenceData, keys: set[str]) -> list[str]:
    """Return the names of units, sorted."""
    return sorted(it.name for key in keys if (it := reference.directory.get(key)))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda it: f"{it.now:02}")
def test_a_province_of_today_is_made_of_whole_provinces_of_then(
    reference: ReferenceData, seed: SeedProvince
) -> None:
    """Today's Tây Ninh holds Long An's 963: two totals are read, and no report is rewritten."""
    old = tuple(sorted(f"{it:02}.1" for it in seed.legacy))

    origin = of(reference, f"{seed.now:02}.2", "cal.2023")

    assert origin == Sources(old, (), continued=old[0] if len(old) == 1 else None)


def test_tay_ninh_and_long_an_are_told_apart(reference: ReferenceData) -> None:
    """80.1 is Long An, 80.2 is Tây Ninh; one code, and never one total."""
    assert of(reference, "80.2", "cal.2023").areas == ("72.1", "80.1")
    assert of(reference, "80.2", "nd09.2026-M01") == Sources(("80.2",), (), continued="80.2")
    assert of(reference, "80.1", "cal.2023") == Sources(("80.1",), (), continued="80.1")
    assert of(reference, "80.2", "cal.2023", today=BEFORE).continued == "80.2"


def test_a_period_over_the_reform_has_sources_of_both_sides(reference: ReferenceData) -> None:
    """A unit that ended in June may have sent its half of the year; scores are of the new one."""
    origin = of(reference, "80.2", "cal.2025")

    assert origin.areas == ("72.1", "80.1", "80.2")
    assert origin.continued == "80.2"


@pytest.mark.parametrize("code", ["cal.2023", "cal.2025", "nd09.2025-M07", "nd09.2026"])
def test_the_provinces_of_today_share_out_every_unit_exactly_once(
    reference: ReferenceData, code: str
) -> None:
    """Nothing is lost at a boundary and nothing counts in two provinces."""
    window, directory = period(code), reference.directory
    within = directory.living(window.first_day, window.last_day)
    counted: Counter[str] = Counter()
    for province in directory.provinces():
        if directory.alive(province, TODAY):
            origin = of(reference, province, code)
            assert origin.not_separable == origin.unverified == ()
            counted.update(origin.units)
            for area in origin.areas:
                counted.update(it.key for it in within[area])

    there = {it.key for its in within.values() for it in its}
    assert counted == Counter(there)


def test_over_all_time_every_unit_is_covered(reference: ReferenceData) -> None:
    """The figures of each of 14.170 units count in exactly one province of today."""
    covered = {
        it.key
        for code in ("cal.2023", "nd09.2026")
        for province in reference.directory.provinces()
        if reference.directory.alive(province, TODAY)
        for area in of(reference, province, code).areas
        for it in reference.directory.living(period(code).first_day, period(code).last_day)[area]
    }

    assert covered == {it.key for it in reference.directory}


def test_the_divided_ward_is_given_to_none_of_its_successors(reference: ReferenceData) -> None:
    """Đại Mỗ went to five wards, and the data set has no shares."""
    example = read("admin_units.split_example", Division)
    name, district, _ = example.legacy_ward.split(", ")
    (ward,) = (
        it
        for it in reference.directory
        if it.name == name
        and not it.alive(TODAY)
        and (above := reference.directory.get(it.parent or ""))
        and above.name.lower() == district.lower()
    )
    heirs = reference.lineage.heirs(
        ward.key, period("cal.2023").last_day, TODAY, reference.directory
    )

    assert names(reference, set(heirs)) == sorted(example.successors)
    for heir in heirs:
        origin = of(reference, heir, "cal.2023")
        assert ward.key in origin.not_separable
        assert ward.key not in origin.units
        assert origin.continued is None
    assert of(reference, "01.2", "cal.2023") == Sources(("01.1",), (), continued="01.1")


def test_the_wards_of_ha_tinh_city_went_into_seven_communes(reference: ReferenceData) -> None:
    """The city itself has no successor: the province answers for it."""
    city = read("admin_units.merge_example_ha_tinh_city", City)
    key = f"D{city.legacy_district}.1"
    wards = reference.directory.below(key)
    heirs = {
        heir
        for it in wards
        for heir in reference.lineage.heirs(it.key, BEFORE, TODAY, reference.directory)
    }

    assert len(wards) == city.legacy_wards_2025_01_04
    assert names(reference, heirs) == sorted(city.successors)
    assert reference.lineage.answers_for(key, TODAY, reference.directory) == ("42.2",)
    assert of(reference, "42.2", "cal.2022").areas == ("42.1",)


def test_a_commune_of_today_has_whole_and_divided_predecessors(reference: ReferenceData) -> None:
    """Thành Sen: eight wards wholly, and a part of Đại Nài that is counted nowhere here."""
    links = reference.lineage.predecessors("18073.2")

    origin = of(reference, "18073.2", "cal.2023")

    assert origin.areas == ()
    assert origin.units == tuple(sorted(it.predecessor for it in links if it.kind == "whole"))
    assert origin.not_separable == tuple(it.predecessor for it in links if it.kind == "part")
    assert len(origin.units) == 8
    assert names(reference, set(origin.not_separable)) == ["Phường Đại Nài"]


def test_links_of_one_source_are_marked(reference: ReferenceData) -> None:
    """The answer for such a commune names the predecessor that is in doubt."""
    doubtful = [it for it in reference.lineage if not it.verified]

    assert len(doubtful) == 9 + 10
    for link in doubtful:
        last = date(2023, 12, 31)
        heirs = reference.lineage.heirs(link.predecessor, last, TODAY, reference.directory)
        assert heirs
        for heir in heirs:
            assert link.predecessor in of(reference, heir, "cal.2023").unverified
    marked = {
        it.key
        for it in reference.directory.below("25.2", TODAY)
        if of(reference, it.key, "cal.2023").unverified
    }
    expected = {
        link.successor
        for first in doubtful
        if reference.directory.province(first.successor) == "25.2"
        for link in reference.lineage.successors(first.predecessor)
    }
    assert marked == expected


def test_provinces_that_merged_cite_the_resolution(reference: ReferenceData) -> None:
    """11 provinces stayed, the 52 others are named in it; other acts of that day are not seen."""
    day = date(2025, 7, 1)
    of_the_reform = [it for it in reference.lineage if it.effective_on == day]
    cited = [it for it in of_the_reform if it.decision]

    assert {it.decision for it in cited} == {"Nghị quyết 202/2025/QH15"}
    assert len(cited) == 52
    assert all(it.decision for it in reference.lineage if it.effective_on != day)
    for link in of_the_reform:
        predecessors = reference.lineage.predecessors(link.successor)
        is_province = reference.directory.province(link.successor) == link.successor
        assert bool(link.decision) == (is_province and len(predecessors) > 1)


def test_the_lineage_fits_the_directory(reference: ReferenceData) -> None:
    """Only five island zones have no predecessor, since their districts had no communes."""
    reference.lineage.check(reference.directory)
    without = [
        it.type
        for it in reference.directory
        if it.alive(TODAY) and not reference.lineage.predecessors(it.key)
    ]

    assert without == ["dac_khu"] * 5
    assert Counter(it.kind for it in reference.lineage) == {"whole": 9654 + 20, "part": 979 + 3}


@pytest.mark.parametrize(
    "trap", read("admin_units.code_reuse_traps", list[Trap]), ids=lambda it: it.after
)
def test_a_reused_code_is_looked_up_by_day(reference: ReferenceData, trap: Trap) -> None:
    """Without a day a code is no question."""
    level = "province" if trap.code is not None else "commune"
    code = f"{trap.code:02}" if trap.code is not None else f"{trap.ward_code:05}"

    states = [reference.directory.find(code, level, day) for day in (BEFORE, TODAY)]

    assert [it.name.removeprefix("Tỉnh ") for it in states if it] == [trap.before, trap.after]


def small(links: list[Link]) -> tuple[Directory, Lineage]:
    """Return a province with A and B, of which B began in 2026."""
    day = date(2026, 1, 1)
    ended = replace(unit("A", "commune", "P"), valid_to=date(2025, 12, 31))
    new = unit("B", "commune", "P", day)
    units = [unit("P", "province", None), ended, new, unit("C", "commune", "P")]
    return Directory(units), Lineage(links)


@pytest.mark.parametrize(
    ("links", "continued"),
    [
        pytest.param([Link("A", "B", "whole", date(2026, 1, 1))], "A", id="one-to-one"),
        pytest.param(
            [Link("A", "B", "whole", date(2026, 1, 1), verified=False)], None, id="unverified"
        ),
        pytest.param([Link("A", "B", "part", date(2026, 1, 1))], None, id="only-a-part"),
        pytest.param(
            [Link("A", "B", "whole", date(2026, 1, 1)), Link("C", "B", "part", date(2026, 1, 1))],
            None,
            id="two-predecessors",
        ),
        pytest.param(
            [Link("A", "B", "whole", date(2026, 1, 1)), Link("C", "B", "part", date(2026, 3, 1))],
            None,
            id="grown-later",
        ),
        pytest.param(
            [Link("A", "B", "whole", date(2026, 1, 1)), Link("A", "C", "part", date(2025, 3, 1))],
            None,
            id="had-ceded-before",
        ),
        pytest.param(
            [Link("A", "B", "whole", date(2026, 1, 1)), Link("A", "C", "part", date(2024, 3, 1))],
            "A",
            id="had-ceded-before-the-period",
        ),
    ],
)
def test_scores_go_on_only_where_the_unit_simply_goes_on(
    links: list[Link], continued: str | None
) -> None:
    """A rank of Hà Nam is no rank of today's Ninh Bình."""
    directory, lineage = small(links)

    assert sources("B", period("cal.2024"), directory, lineage, TODAY).continued == continued


def test_scores_do_not_go_on_in_a_unit_that_has_grown_since() -> None:
    """What N brought was nobody's in 2024; K of today is larger than K of then."""
    grown = unit("N", "commune", "P", date(2025, 3, 1))
    directory = Directory([unit("P", "province", None), unit("K", "commune", "P"), grown])
    lineage = Lineage([Link("N", "K", "part", date(2026, 1, 1))])

    assert sources("K", period("cal.2024"), directory, lineage, TODAY) == Sources((), ("K",))


def test_a_province_that_gave_a_commune_away_is_no_longer_the_same() -> None:
    """Its total of then is taken apart: the commune's figures count where it lies today."""
    moved = unit("C", "commune", "P")
    directory = Directory(
        [
            unit("P", "province", None),
            unit("Q", "province", None),
            unit("D", "district", "P"),
            unit("E", "commune", "D"),
            replace(moved, valid_to=date(2025, 12, 31)),
            replace(moved, parent="Q", valid_from=date(2026, 1, 1)),
        ]
    )
    year = period("cal.2024")

    assert sources("P", year, directory, Lineage(), TODAY) == Sources(("D",), ("P",))
    assert sources("Q", year, directory, Lineage(), TODAY) == Sources(("Q",), ("C",))
    assert sources("C", year, directory, Lineage(), TODAY) == Sources((), ("C",), continued="C")


def test_a_decision_of_tomorrow_counts_in_the_period_that_is_still_open() -> None:
    """In December the month is already seen as it will close, with all of A in B."""
    directory, lineage = small([Link("A", "B", "whole", date(2026, 1, 1))])

    origin = sources("B", period("nd09.2026-M01"), directory, lineage, date(2025, 12, 20))
    assert origin == Sources((), ("A", "B"), continued="B")


def test_an_unknown_area_is_refused(reference: ReferenceData) -> None:
    """An empty answer would read as "nothing was reported"."""
    with pytest.raises(KeyError):
        of(reference, "99999.9", "cal.2023")
