"""The units that we ship: their types, names and order, and the links between them."""

import csv
from datetime import date

import pytest

from services.aggregator.domain.scopes import current
from shared.directory.files import DATA
from shared.reference.reference_data import ReferenceData
from shared.reference.vietnamese import name_key
from tests.builders.periods import period

FIRST_WORDS = {
    "tinh": "Tỉnh",
    "thanh_pho": "Thành phố",
    "quan": "Quận",
    "huyen": "Huyện",
    "thi_xa": "Thị xã",
    "phuong": "Phường",
    "xa": "Xã",
    "thi_tran": "Thị trấn",
    "dac_khu": "Đặc khu",
}
# What only a collision of names had withheld, of the new communes of 1 July 2025.
SEPARABLE = {
    "06079.2": "Xã Hồng Phong",
    "06184.2": "Xã Đồng Đăng",
    "11911.2": "Xã Nguyễn Bỉnh Khiêm",
    "28249.2": "Phường Đạo Thạnh",
    "28270.2": "Phường Thới Sơn",
    "28435.2": "Phường Mỹ Phước Tây",
    "28439.2": "Phường Cai Lậy",
    "28921.2": "Xã Tân Thành Bình",
    "29182.2": "Xã Thạnh Phú",
    "29623.2": "Xã Nhơn Phú",
    "29734.2": "Xã Hòa Hiệp",
    "29869.2": "Phường Cao Lãnh",
    "29905.2": "Phường Sa Đéc",
    "31246.2": "Xã Thạnh Quới",
    "31288.2": "Xã Trường Thành",
    "31378.2": "Xã Phú Hữu",
    "31408.2": "Xã Thạnh Hòa",
    "31473.2": "Phường Long Bình",
    "31480.2": "Phường Long Phú 1",
    "31495.2": "Xã Xà Phiên",
    "31582.2": "Xã Thuận Hòa",
    "31591.2": "Xã Mỹ Hương",
    "31639.2": "Xã Long Phú",
    "31654.2": "Xã Trường Khánh",
    "31666.2": "Xã Tân Thạnh",
    "31726.2": "Xã Gia Hòa",
    "31741.2": "Xã Tân Long",
}
WITHHELD = 417 + 2
"""Two communes of today lie where Tân Hòa was divided in 2024."""
HOA_LU = {
    *("Bích Đào", "Đông Thành", "Nam Bình", "Nam Thành", "Ninh Giang", "Ninh Khánh"),
    *("Ninh Mỹ", "Ninh Phong", "Ninh Phúc", "Ninh Sơn", "Tân Thành", "Vân Giang"),
}
"""The wards of the city that Resolution 1318/NQ-UBTVQH15 founded."""
UNVERIFIED = {
    ("00553.1", "00562.2"),
    ("00556.1", "00562.2"),
    ("01615.1", "01648.2"),
    ("01651.1", "01648.2"),
    ("02482.1", "02494.2"),
    ("02485.1", "02494.2"),
    ("09013.1", "09817.2"),
    ("23053.1", "23041.2"),
    ("28036.1", "28087.2"),
    # Ninh Bình, 1 January 2025: the lists of before and after say who ended, not where it went.
    ("14422.1", "14428.1"),
    ("14491.1", "14464.1"),
    ("14497.1", "14464.1"),
    ("14518.1", "14506.1"),
    ("14545.1", "14347.1"),
    ("14665.1", "14620.1"),
    ("14692.1", "14695.1"),
    ("14710.1", "14704.1"),
    ("14713.1", "14701.1"),
    ("14731.1", "14701.1"),
}


def rows(file: str) -> list[dict[str, str]]:
    """Return the rows of a shipped CSV file."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_type_of_a_unit_is_the_first_word_of_its_name() -> None:
    """Seven communes once had another type; the errors cancelled out in every count."""
    wrong = [
        (row["key"], row["type"], row["name"])
        for row in rows("units.csv")
        if not row["name"].startswith(FIRST_WORDS[row["type"]] + " ")
    ]

    assert wrong == []


def test_every_word_of_a_place_begins_with_a_capital() -> None:
    """Lists once wrote Đại áng and Ya ly; "Nông trường" is a common noun in the name."""
    wrong = []
    for row in rows("units.csv"):
        place = row["name"].removeprefix(FIRST_WORDS[row["type"]]).replace("Nông trường", "")
        if any(word[0].islower() for word in place.split()):
            wrong.append(row["name"])

    assert wrong == []


def test_numbered_wards_sort_as_numbers() -> None:
    """An officer expects Phường 1, 2, 10, and a long number must not stop a list."""
    long = "Phường " + "9" * 5000
    names = ["Phường An", "Phường 10", long, "Phường 2", "Long Phú 1", "Phường 1", "Phường 02"]

    ordered = sorted(names, key=name_key)

    assert ordered == [
        "Long Phú 1",
        "Phường 1",
        "Phường 2",
        "Phường 02",
        "Phường 10",
        long,
        "Phường An",
    ]


def test_a_rejected_link_is_a_collision_of_names(reference: ReferenceData) -> None:
    """
    The criterion by which links of one source are left out, held row by row.

    The old commune has a verified successor elsewhere, and a namesake in another old district has
    a verified link to this successor. No link crosses a new province's border.
    """
    lineage, directory = reference.lineage, reference.directory
    rejected = rows("lineage_rejected.csv")

    assert len(rejected) == 31
    for row in rejected:
        old, new, source = row["predecessor"], row["successor"], row["true_source"]
        before, namesake = directory.states(old)[0], directory.states(source)[0]
        assert before.name.split(" ", 1)[1] == namesake.name.split(" ", 1)[1]
        assert before.parent != namesake.parent
        assert row["reason"]
        links = {it.successor: it.verified for it in lineage.successors(old)}
        assert links
        assert all(links.values())
        assert new not in links
        assert {it.successor: it.verified for it in lineage.successors(source)}[new]


def test_what_is_unverified_is_listed(reference: ReferenceData) -> None:
    """Nineteen links are known from one source, and no second one was found."""
    found = {(it.predecessor, it.successor) for it in reference.lineage if not it.verified}

    assert found == UNVERIFIED


@pytest.mark.parametrize(
    ("day", "districts", "communes", "of_the_city"),
    [
        (date(2023, 12, 31), 8, 143, 14),
        (date(2024, 12, 31), 8, 143, 14),
        (date(2025, 1, 1), 7, 125, 20),
    ],
)
def test_ninh_binh_has_the_units_of_its_time(
    reference: ReferenceData, day: date, districts: int, communes: int, of_the_city: int
) -> None:
    """Resolution 1318/NQ-UBTVQH15; the city of Hoa Lư begins with 2025 and has 12 wards."""
    directory = reference.directory
    below = directory.below("37.1", day)
    city = next(it for it in below if it.type == "thanh_pho" and it.key != "D370.1")

    of_city = directory.below(city.key, day)

    assert sum(it.level == "district" for it in below) == districts
    assert sum(it.level == "commune" for it in below) == communes
    assert (city.name, len(of_city)) == (
        ("Thành phố Ninh Bình" if day.year < 2025 else "Thành phố Hoa Lư"),
        of_the_city,
    )
    if day.year == 2025:
        wards = {it.name.removeprefix("Phường ") for it in of_city if it.type == "phuong"}
        assert wards == HOA_LU
    assert directory.known_from("37.1") == date(2023, 4, 15)


@pytest.mark.parametrize(
    ("day", "communes", "tan_an", "ben_luc"),
    [(date(2023, 12, 31), 188, 14, 15), (date(2024, 12, 1), 186, 13, 14)],
)
def test_long_an_has_the_units_of_its_time(
    reference: ReferenceData, day: date, communes: int, tan_an: int, ben_luc: int
) -> None:
    """Resolution 1244/NQ-UBTVQH15: a ward passed wholly, a commune was divided among three."""
    directory = reference.directory

    below = directory.below("80.1", day)

    assert sum(it.level == "commune" for it in below) == communes
    assert sum(it.level == "district" for it in below) == 15
    assert len(directory.below("D794.1", day)) == tan_an
    assert len(directory.below("D803.1", day)) == ben_luc
    assert {it.kind for it in reference.lineage.successors("28006.1")} == {"part"}
    assert directory.known_from("80.1") == date(2023, 4, 15)


def test_every_commune_that_ended_in_ninh_binh_lives_on_today(reference: ReferenceData) -> None:
    """18 communes and a city were merged into others; their figures reach today's province."""
    directory, lineage = reference.directory, reference.lineage
    last, today = date(2024, 12, 31), date(2026, 1, 1)
    ended = [it for it in directory.below("37.1", last) if it.valid_to == last]
    ended = [it for it in ended if not directory.alive(it.key, date(2025, 1, 1))]

    heirs = {it.key: lineage.heirs(it.key, last, today, directory) for it in ended}

    assert sum(it.level == "commune" for it in ended) == 18
    assert [it.name for it in ended if it.level == "district"] == ["Thành phố Ninh Bình"]
    provinces = {directory.province(heir, today) for its in heirs.values() for heir in its}
    assert provinces == {"37.2"}


@pytest.mark.parametrize(
    ("day", "name", "kind"),
    [
        (date(2024, 12, 31), "Tỉnh Thừa Thiên Huế", "tinh"),
        (date(2025, 1, 1), "Thành phố Huế", "thanh_pho"),
    ],
)
def test_hue_is_a_city_since_2025(
    reference: ReferenceData, day: date, name: str, kind: str
) -> None:
    """Resolution 175/2024/QH15 made the province a city under the central government."""
    unit = reference.directory.get("46.1", day)

    assert unit is not None
    assert (unit.name, unit.type) == (name, kind)


def test_a_sole_heir_has_the_whole_of_what_collided(reference: ReferenceData) -> None:
    """A commune that was called divided because of a namesake alone passed wholly."""
    for row in rows("lineage_rejected.csv"):
        links = reference.lineage.successors(row["predecessor"])
        assert {it.kind for it in links} == ({"whole"} if len(links) == 1 else {"part"})


def test_current_view_answers_where_only_names_collided(reference: ReferenceData) -> None:
    """444 communes of today were not separable before the reform; 27 of them wrongly."""
    today = date(2026, 1, 1)
    scopes = {
        key: current(reference.directory, reference.lineage, key, period("cal.2023"), today)
        for key in {it.successor for it in reference.lineage}
    }

    withheld = {key for key, scope in scopes.items() if scope.not_separable}

    assert len(withheld) == WITHHELD
    assert not withheld & SEPARABLE.keys()
    for key, name in SEPARABLE.items():
        assert reference.directory.states(key)[-1].name == name
        assert scopes[key].made_of


@pytest.mark.parametrize(
    ("key", "name"), [("31299.2", "Xã Phong Điền"), ("10543.2", "Phường Việt Hòa")]
)
def test_resolution_and_directory_agree_on_a_type(
    reference: ReferenceData, key: str, name: str
) -> None:
    """Cần Thơ's Phong Điền is among the 65 new xã of its resolution."""
    unit = reference.directory.states(key)[-1]

    assert (unit.name, unit.type) == (name, "xa" if name.startswith("Xã") else "phuong")
