"""Units: how many there are, what their codes mean on which day, and what became of them."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from shared.reference.directory import Directory, Unit
from tests.golden.book import Page
from tests.golden.world import AFTER, BEFORE, World


def now(page: Page, world: World) -> None:
    """Today's provinces and communes, by type."""
    day = page["as_of"].day()
    alive = [it for it in world.reference.directory if world.reference.directory.alive(it.key, day)]
    communes = [it for it in alive if it.level == "commune"]

    assert sum(it.level == "province" for it in alive) == page["provinces"].number()
    assert len(communes) == page["communes"].number()
    by_type = {name: it.number() for name, it in page["by_type"].parts()}
    assert Counter(it.type for it in communes) == by_type
    assert not [it for it in alive if it.level == "district"]


def seed_province(page: Page, world: World) -> None:
    """Where a province came from, and how many communes of which type it has."""
    legacy = [world.unit(code, "province", BEFORE) for code in page["legacy"].numbers()]
    today = world.unit(page["now"].number(), "province", AFTER)
    communes = world.communes(today.key, AFTER)
    by_type = Counter(it.type for it in communes)

    assert [bare(it.name) for it in legacy] == page["legacy_names"].texts()
    assert bare(today.name) == page["now_name"].text()
    assert world.predecessors(today.key) == {it.key for it in legacy}
    assert all(world.successors(it.key) == {today.key} for it in legacy)
    assert len(communes) == page["communes"].number()
    types = {it: part.number() for it, part in page.parts() if it in ("xa", "phuong", "dac_khu")}
    assert by_type == types


def code_reuse(page: Page, world: World) -> None:
    """One code, two meanings: what it says depends on the day."""
    level = "province" if "code" in page else "commune"
    code = page["code" if "code" in page else "ward_code"].number()
    before, after = world.unit(code, level, BEFORE), world.unit(code, level, AFTER)

    said = (page["before"].text(), page["after"].text())
    names = (
        (before.name, after.name) if level == "commune" else (bare(before.name), bare(after.name))
    )
    assert names == said
    assert before.key != after.key


def split_example(page: Page, world: World) -> None:
    """Hold what a divided ward went to."""
    ward, district, province = page["legacy_ward"].text().split(", ")
    found = [
        it for it in world.reference.directory if _is_ward(world, it, ward, district, province)
    ]

    assert len(found) == 1
    links = world.reference.lineage.successors(found[0].key)
    assert sorted(world.names(it.successor for it in links)) == sorted(page["successors"].texts())
    assert {it.kind for it in links} == {"part"}


def _is_ward(world: World, unit: Unit, ward: str, district: str, province: str) -> bool:
    if unit.name != ward or unit.parent is None:
        return False
    above = [it.casefold() for it in world.names(world.reference.directory.path(unit.key, BEFORE))]
    return (
        len(above) == 2
        and above[0] == district.casefold()
        and above[1].endswith(province.casefold())
    )


def merge_example(page: Page, world: World) -> None:
    """Hold what the wards of a city became."""
    city = world.unit(page["legacy_district"].number(), "district", BEFORE)
    counted, day = next((it, key) for key, it in page.parts() if key.startswith("legacy_wards_"))
    on = date.fromisoformat(day.removeprefix("legacy_wards_").replace("_", "-"))
    wards = world.communes(city.key, on)
    heirs = {key for ward in wards for key in world.successors(ward.key)}

    assert len(wards) == counted.number()
    assert sorted(world.names(heirs)) == sorted(page["successors"].texts())


def known_error(page: Page, world: World) -> None:
    """Where a public package is wrong, our table is right."""
    where = page["where"].text()
    found = re.match(r"OLD_TO_NEW\[(\d+)\] (.+)", where)
    if found is None:
        _islands(re.findall(r"\d+", where), page["effect"].text(), world)
        return
    old = world.unit(found[1], "commune", BEFORE)
    right = world.unit(page["right"].number(), "province", BEFORE)
    wrong = world.unit(page["wrong_province_code"].number(), "province", BEFORE)
    assert old.name == found[2].partition(",")[0]
    assert world.reference.directory.province(old.key, BEFORE) == right.key != wrong.key
    if "effect" in page:
        _no_such_source(page["effect"].text(), wrong, world)


def _islands(codes: list[str], effect: str, world: World) -> None:
    """Islands that were districts without communes: nothing was their predecessor."""
    assert effect == "no legacy source (island districts without communes)"
    for code in codes:
        zone = world.unit(code, "commune", AFTER)
        island = zone.name.removeprefix("Đặc khu ")
        district = next(
            it
            for it in world.reference.directory
            if it.level == "district" and it.name.removeprefix("Huyện ") == island
        )
        assert zone.type == "dac_khu"
        assert world.predecessors(zone.key) == set()
        assert world.communes(district.key, BEFORE) == []


def _no_such_source(effect: str, wrong: Unit, world: World) -> None:
    """Hold that we lack a source that the package gives a province."""
    found = re.fullmatch(r"(.+) appears as a source of (.+)", effect)
    assert found
    old = province_named(world, found[1], BEFORE)
    today = province_named(world, found[2], AFTER)
    assert old == wrong
    assert old.key not in world.predecessors(today.key)


def province_named(world: World, name: str, day: date) -> Unit:
    """Find a province by its bare name on a day."""
    directory = world.reference.directory
    found = [
        it
        for it in directory
        if it.level == "province" and bare(it.name) == name and directory.alive(it.key, day)
    ]
    assert len(found) == 1, name
    return found[0]


def bare(name: str) -> str:
    """Take the kind of a province off its name."""
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def party_roster(facts: Page, world: World, province: str) -> None:
    """Communes of a province by type, and the Party blocks that stand beside them."""
    day = AFTER
    communes = world.communes(province, day)
    by_type = Counter(it.type for it in communes)
    assert len(communes) == facts["communes"].number()
    assert by_type == {"xa": facts["xa"].number(), "phuong": facts["wards"].number()}

    blocks = facts["party_organisations"].number() - len(communes)
    template = replace(communes[0], level="party_block", type="dang_uy_khoi", parent=province)
    added = [
        replace(template, key=f"{province}.K{n}", official_code=f"K{n}", name=f"Đảng bộ khối {n}")
        for n in range(1, blocks + 1)
    ]
    directory = Directory([*_states(world.reference.directory), *added])
    below = [it for it in directory.below(province) if directory.alive(it.key, day)]
    assert len(below) == facts["party_organisations"].number()
    assert directory.province(f"{province}.K1") == province
    assert blocks >= 1


def _states(directory: Directory) -> list[Unit]:
    return [state for unit in directory for state in directory.states(unit.key)]


def ended(unit: Unit, page: Page) -> None:
    """Hold the last day of a unit that is no more against ours, and the day after it."""
    day = page.day()
    assert unit.valid_to == day
    assert day + timedelta(days=1) == AFTER
