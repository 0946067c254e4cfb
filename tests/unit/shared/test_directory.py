"""The directory: units past and present, paths, and who owes a form."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.reference.directory import Directory
from shared.reference.periods import Period, periods_of_year
from shared.reference.reference_data import ReferenceData
from shared.reference.units import life
from tests.articles import read
from tests.builders.periods import period

TODAY = read("admin_units.now.as_of", date)


@dataclass(frozen=True)
class SeedProvince:
    """A province of today, its predecessors and its communes by type."""

    legacy: list[int]
    legacy_names: list[str]
    now: int
    now_name: str
    communes: int
    phuong: int = 0
    xa: int = 0
    dac_khu: int = 0


@dataclass(frozen=True)
class ReusedCode:
    """An official code and the names it had before and has after 1/7/2025."""

    before: str
    after: str
    code: int | None = field(default=None)
    ward_code: int | None = field(default=None)

    @property
    def key(self) -> str:
        """The code as it stands in keys."""
        return f"{self.code:02}" if self.code is not None else f"{self.ward_code:05}"


def test_today_has_34_provinces_and_3321_communes(reference: ReferenceData) -> None:
    """The counts of the National Assembly's resolution; each commune owes reports."""
    alive = Counter(unit.level for unit in reference.directory if unit.alive(TODAY))

    assert alive["province"] == read("admin_units.now.provinces", int)
    assert alive["commune"] == read("admin_units.now.communes", int)
    assert set(alive) == {"province", "commune"}


def test_todays_communes_are_xa_phuong_and_dac_khu(reference: ReferenceData) -> None:
    """Townships (thị trấn) ended with the districts."""
    communes = [u for u in reference.directory if u.level == "commune" and u.alive(TODAY)]

    assert Counter(u.type for u in communes) == read("admin_units.now.by_type", dict[str, int])


SEEDS = read("admin_units.seed_provinces", list[SeedProvince])


@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.now_name)
def test_the_communes_of_a_seed_province_are_all_there(
    reference: ReferenceData, seed: SeedProvince
) -> None:
    """One commune missing from the directory is one that is never asked and never counted."""
    below = reference.directory.below(f"{seed.now:02}.2")

    types = Counter(unit.type for unit in below)
    assert len(below) == seed.communes
    assert (types["phuong"], types["xa"], types["dac_khu"]) == (seed.phuong, seed.xa, seed.dac_khu)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.now_name)
def test_the_predecessors_of_a_seed_province_stay_readable(
    reference: ReferenceData, seed: SeedProvince
) -> None:
    """Articles of 2023 speak of Long An and Hà Nam; their totals must keep a unit."""
    for code, name in zip(seed.legacy, seed.legacy_names, strict=True):
        unit = reference.directory.get(f"{code:02}.1")

        assert unit is not None
        assert unit.name.endswith(name)
        assert not unit.alive(TODAY)


@pytest.mark.parametrize(
    "trap", read("admin_units.code_reuse_traps", list[ReusedCode]), ids=lambda t: t.after
)
def test_a_reused_official_code_names_two_units(reference: ReferenceData, trap: ReusedCode) -> None:
    """80 was Long An and is Tây Ninh: joining on the code gives one province another's figures."""
    names = []
    for generation in (1, 2):
        unit = reference.directory.get(f"{trap.key}.{generation}")
        assert unit is not None
        names.append((unit.official_code, unit.name.removeprefix("Tỉnh ")))

    assert names == [(trap.key, trap.before), (trap.key, trap.after)]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("42.1", ("42.1",)),
        ("D436.1", ("D436.1", "42.1")),
        ("18073.1", ("D436.1", "42.1")),
        ("00004.2", ("01.2",)),
    ],
)
def test_the_path_of_a_unit_lists_the_areas_it_counts_in(
    reference: ReferenceData, key: str, path: tuple[str, ...]
) -> None:
    """A ward of Hà Tĩnh city counts in the city and the province, a district in itself too."""
    assert reference.directory.path(key) == path
    assert reference.directory.province(key) == path[-1]


def test_every_unit_lies_in_a_province_of_its_generation(reference: ReferenceData) -> None:
    """A commune of today under a province of yesterday would be counted where nobody looks."""
    for unit in reference.directory:
        province = reference.directory.get(reference.directory.province(unit.key))

        assert province is not None
        assert province.level == "province"
        assert province.key.partition(".")[2] == unit.key.partition(".")[2]
        first, last = (life(reference.directory.states(it.key)) for it in (province, unit))
        assert first.begin == last.begin
        assert first.end >= last.end


def test_an_unknown_unit_has_no_path(reference: ReferenceData) -> None:
    """Callers check the unit first; a silent empty path would drop a report from all totals."""
    with pytest.raises(KeyError):
        reference.directory.path("99999.2")


def test_an_unknown_unit_is_neither_alive_nor_owing(reference: ReferenceData) -> None:
    """A strange key from outside is a finding and never a crash."""
    form = reference.catalogue.forms[4]

    assert reference.directory.get("99999.2") is None
    assert not reference.directory.alive("99999.2", TODAY)
    assert not reference.directory.owes("99999.2", form, period("cal.2023"))
    assert reference.directory.below("99999.2") == ()
    assert reference.directory.owing(form, period("cal.2023"), "99999.2") == ()


def test_todays_provinces_spread_evenly_over_partitions(reference: ReferenceData) -> None:
    """A partition is the place in this list modulo 12; idle partitions waste an aggregator."""
    provinces = reference.directory.provinces()

    load = Counter(
        i % 12 for i, key in enumerate(provinces) if reference.directory.alive(key, TODAY)
    )
    assert len(provinces) == 97
    assert set(load.values()) == {2, 3}
    assert len(load) == 12


def test_the_order_of_provinces_does_not_depend_on_the_file(reference: ReferenceData) -> None:
    """Two services with the rows in another order must send a province to one partition."""
    directory = reference.directory
    states = [state for it in directory for state in directory.states(it.key)]
    backwards = Directory(reversed(states))

    assert backwards.provinces() == reference.directory.provinces()


form_codes = st.sampled_from(["F01", "F02", "F04", "F05", "F06"])
windows = st.builds(
    lambda regime, kind, year: periods_of_year(regime, kind, year)[-1],
    st.sampled_from(["nd09", "cal"]),
    st.sampled_from(["month", "half", "year"]),
    st.integers(2018, 2030),
)


@settings(max_examples=50)
@given(st.data(), form_codes, windows)
def test_whoever_owes_is_alive_in_the_area_and_of_an_owing_level(
    reference: ReferenceData, data: st.DataObject, code: str, window: Period
) -> None:
    """Asking a unit that no longer exists accuses nobody real and never gets an answer."""
    areas = [unit.key for unit in reference.directory if unit.level != "commune"]
    area = data.draw(st.sampled_from(areas))
    form = reference.catalogue.form(code, window)
    assert form is not None

    for unit in reference.directory.owing(form, window, area):
        assert reference.directory.alive(unit.key, window.last_day)
        assert unit.key == area or area in reference.directory.path(unit.key)
        assert reference.directory.owes(unit.key, form, window)


@settings(max_examples=50)
@given(st.data(), form_codes, windows)
def test_a_unit_that_owes_is_among_those_owing_in_each_of_its_areas(
    reference: ReferenceData, data: st.DataObject, code: str, window: Period
) -> None:
    """Coverage counts "who owes" and intake asks "does it owe"; they must say the same."""
    key = data.draw(st.sampled_from([unit.key for unit in reference.directory]))
    form = reference.catalogue.form(code, window)
    assert form is not None
    owes = reference.directory.owes(key, form, window)

    for area in reference.directory.path(key):
        owing = reference.directory.owing(form, window, area)
        assert (key in [unit.key for unit in owing]) == owes


@pytest.mark.parametrize(
    ("code", "area", "number"),
    [
        pytest.param("nd09.2026-M11", "37.2", 129, id="ninh-binh-today"),
        pytest.param("cal.2023", "37.2", 0, id="not-yet-there"),
        pytest.param("nd09.2026-M11", "37.1", 0, id="no-longer-there"),
        pytest.param("cal.2023", "D436.1", 28, id="ha-tinh-city-with-its-27-communes"),
        pytest.param("cal.2025-H1", "D436.1", 28, id="alive-on-the-last-day"),
        pytest.param("cal.2025", "D436.1", 0, id="ended-before-the-last-day"),
    ],
)
def test_f05_is_owed_by_units_alive_on_the_last_day(
    reference: ReferenceData, code: str, area: str, number: int
) -> None:
    """A period that spans the reform is owed by the units that exist when it closes."""
    form = reference.catalogue.form("F05", period(code))
    assert form is not None

    owing = reference.directory.owing(form, period(code), area)

    assert len(owing) == number
    assert [u.key for u in owing] == sorted(u.key for u in owing)
