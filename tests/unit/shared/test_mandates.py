"""Who owes a form: the levels of the catalogue, and whom a committee has added to them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.reference.committees import build_committees
from shared.reference.deadlines import missing_rules
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.forms import FormVersion
from shared.reference.levels import TYPES
from shared.reference.mandates import Mandate
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData
from shared.reference.units import Unit
from tests.builders.mandated import (
    AGENCY,
    AGENCY_ELSEWHERE,
    MANDATE,
    OTHER_PROVINCE,
    PROVINCE,
    mandated,
    with_departments,
)


def period(code: str) -> Period:
    found = parse_period(code)
    assert found is not None
    return found


def form(reference: ReferenceData, code: str = "F05", of: str = "cal.2026") -> FormVersion:
    found = reference.catalogue.form(code, period(of))
    assert found is not None
    return found


def added_to(found: ReferenceData, code: str, area: str = PROVINCE) -> set[str]:
    """Return the types of the units beside communes that owe F05 for a period."""
    owing = found.directory.owing(form(found), period(code), area)
    return {it.type for it in owing if it.level != "commune"}


def test_departments_and_forces_owe_what_a_committee_asks_of_them() -> None:
    """Models are built by "các cơ quan, địa phương, đơn vị", and the catalogue knows communes."""
    found = with_departments()

    assert added_to(found, "cal.2026") == {"co_quan", "quan_doi", "cong_an"}
    assert added_to(found, "cal.2025") == set()
    assert added_to(found, "cal.2026", OTHER_PROVINCE) == set()
    assert found.directory.owes(AGENCY, form(found), period("cal.2026"))
    assert not found.directory.owes(AGENCY, form(found), period("cal.2025"))
    assert not found.directory.owes(AGENCY_ELSEWHERE, form(found), period("cal.2026"))
    assert not found.directory.owes(AGENCY, form(found, "F01"), period("cal.2026"))


def test_a_type_or_a_single_unit_may_be_named() -> None:
    """The Front but not the unions; one Party committee and no other."""
    front = {**MANDATE, "levels": ["organisation"], "types": ["mttq"]}
    block = {**MANDATE, "levels": [], "units": ["DANG_UY_KHOI-37.2"]}

    found = mandated(front, block)

    assert added_to(found, "cal.2026") == {"mttq", "dang_uy_khoi"}
    assert [it.key for it in found.directory.owing(form(found), period("cal.2026"), "MTTQ-37.2")]


def test_every_level_can_be_made_to_owe() -> None:
    """Enterprises that owe nothing by law do when the province asks them by name."""
    everybody = {**MANDATE, "levels": [it for it in TYPES if it not in {"province", "district"}]}

    found = mandated(everybody)

    types = frozenset().union(*TYPES.values()) - TYPES["province"] - TYPES["district"]
    assert added_to(found, "cal.2026") == types - TYPES["commune"]


def test_province_is_asked_for_a_form_of_its_communes() -> None:
    """Visits and petitions are received by departments and the province, too."""
    found = mandated({**MANDATE, "form": "F01", "levels": ["province", "agency"]})

    owing = found.directory.owing(form(found, "F01"), period("cal.2026"), PROVINCE)

    assert [it.key for it in owing if it.level != "commune"] == ["37.2", AGENCY]


def test_a_mandate_ends_with_its_committee() -> None:
    """As its letters do: nobody is there to receive what it asked for."""
    found = mandated(MANDATE, valid_to=date(2026, 6, 30))

    assert added_to(found, "cal.2026-H1")
    assert not added_to(found, "cal.2026")


def test_levels_that_owe_need_a_deadline_rule() -> None:
    """Rules of single levels must not leave those without one whom a mandate adds."""
    found = mandated(MANDATE)
    levels = [it for it in TYPES if it not in {"armed_forces", "party_block"}]
    rules = [replace(it, level=level) for it in found.rules for level in levels]

    missing = missing_rules(
        rules, found.catalogue.forms, date(2026, 12, 31), found.directory.levels_owing
    )

    assert {level for _, level in missing} == {"armed_forces"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": ["ministry"]}, "mandates 1: levels: must be of"),
        ({"types": ["mttq"]}, "types: must be types of its levels"),
        ({"levels": []}, "mandates 1: needs levels or units"),
        ({"document": ""}, "document: must be a text"),
        ({"valid_to": date(2025, 1, 1)}, "valid_to: .* is before"),
        ({"forms": ["F05"]}, "forms: is unknown"),
    ],
)
def test_an_unusable_mandate_is_named(change: dict[str, object], message: str) -> None:
    """Whom it means must be beyond doubt: those who owe and do not report are named as late."""
    committee: dict[str, object] = {
        "key": "x",
        "name_vi": "Ban Chỉ đạo",
        "area": PROVINCE,
        "letter_style": "party",
    }
    committee["mandates"] = [{**MANDATE, **change}]

    with pytest.raises(FactError, match=message):
        build_committees([committee])


spans = st.tuples(st.integers(2018, 2028), st.integers(0, 3))
mandates = st.builds(
    lambda area, code, levels, span: Mandate(
        form=code,
        area=area,
        levels=frozenset(levels),
        document="x",
        valid_from=date(span[0], 1, 1),
        valid_to=date(span[0] + span[1], 12, 31),
    ),
    st.sampled_from(["P", "D", "C"]),
    st.sampled_from(["F01", "F05"]),
    st.sets(st.sampled_from(["agency", "commune", "party_block"]), min_size=1),
    spans,
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(mandates, max_size=4), st.sampled_from(["F01", "F05", "F06"]), st.integers(2018, 2031)
)
def test_owing_of_an_area_and_owes_of_a_unit_agree(
    reference: ReferenceData, given_mandates: list[Mandate], code: str, year: int
) -> None:
    """Coverage counts by the first, intake warns by the second."""
    units = [
        Unit("P", "P", "province", "tinh", "Tỉnh P", None, None, None),
        Unit("D", "D", "district", "huyen", "Huyện D", "P", None, None),
        Unit("C", "C", "commune", "xa", "Xã C", "D", None, None),
        Unit("A", "A", "agency", "co_quan", "Sở A", "C", None, None),
        Unit("B", "B", "party_block", "dang_uy_khoi", "Đảng ủy B", "P", None, None),
    ]
    directory = Directory(units, mandates=given_mandates)
    window = period(f"cal.{year}")
    version = form(reference, code, window.code)

    for area in ("P", "D", "C", "A", "B"):
        inside = [it for it in units if area in (it.key, *directory.path(it.key))]
        owing = {it.key for it in directory.owing(version, window, area)}
        assert owing == {it.key for it in inside if directory.owes(it.key, version, window)}
    for unit in units:
        asked = any(
            it.form == code
            and it.span.contains(window.last_day)
            and unit.level in it.levels
            and it.area in (unit.key, *directory.path(unit.key))
            for it in given_mandates
        )
        by_law = unit.level in version.owed_by
        assert directory.owes(unit.key, version, window) == (asked or by_law)
