"""Whose report a form is: three bodies of one commune report three forms."""

import pytest

from shared.reference.periods import parse_period
from shared.reference.place_names import own_name
from shared.reference.reference_data import ReferenceData
from shared.reference.reporting_bodies import BODIES, body_name
from shared.reference.units import Unit


def unit(level: str, unit_type: str, name: str) -> Unit:
    return Unit("1", "1", level, unit_type, name, None, None, None)


@pytest.mark.parametrize(
    ("body", "level", "unit_type", "name", "named"),
    [
        ("uy_ban_nhan_dan", "commune", "phuong", "Phường Tam Điệp", "phường Tam Điệp"),
        ("uy_ban_nhan_dan", "commune", "phuong", "Phường Lê Hồng Phong", "Phường Lê Hồng Phong"),
        ("uy_ban_nhan_dan", "province", "tinh", "Tỉnh Ninh Bình", "tỉnh Ninh Bình"),
        ("uy_ban_nhan_dan", "province", "thanh_pho", "Thành phố Hồ Chí Minh", None),
    ],
)
def test_peoples_committees_stand_before_the_name_within_a_sentence(
    body: str, level: str, unit_type: str, name: str, named: str | None
) -> None:
    """Decree 30/2020, Annex II: capitals as within a sentence."""
    assert body_name(body, unit(level, unit_type, name)) == f"Ủy ban nhân dân {named or name}"


@pytest.mark.parametrize(
    ("level", "unit_type", "name", "named"),
    [
        ("commune", "xa", "Xã Gia Viễn", "Đảng ủy xã Gia Viễn"),
        ("commune", "dac_khu", "Đặc khu Phú Quốc", "Đảng ủy đặc khu Phú Quốc"),
        ("district", "huyen", "Huyện Gia Viễn", "Huyện ủy Gia Viễn"),
        ("district", "quan", "Quận Hai Bà Trưng", "Quận ủy Hai Bà Trưng"),
        ("district", "quan", "Quận 1", "Quận ủy Quận 1"),
        ("district", "thi_xa", "Thị xã Nghi Sơn", "Thị ủy Nghi Sơn"),
        ("district", "thanh_pho", "Thành phố Tam Điệp", "Thành ủy Tam Điệp"),
        ("province", "tinh", "Tỉnh Ninh Bình", "Tỉnh ủy Ninh Bình"),
        ("province", "thanh_pho", "Thành phố Hà Nội", "Thành ủy Hà Nội"),
        ("province", "thanh_pho", "Thành phố Hồ Chí Minh", "Thành ủy Thành phố Hồ Chí Minh"),
    ],
)
def test_party_committees_have_the_names_of_their_levels(
    level: str, unit_type: str, name: str, named: str
) -> None:
    """No Party committee is called "cấp ủy huyện"."""
    assert body_name("cap_uy", unit(level, unit_type, name)) == named


def test_front_and_steering_committee() -> None:
    """F04 and F06."""
    commune = unit("commune", "phuong", "Phường Tam Điệp")
    province = unit("province", "tinh", "Tỉnh Ninh Bình")

    assert body_name("uy_ban_mttq", commune) == "Ủy ban MTTQ Việt Nam phường Tam Điệp"
    assert body_name("ban_chi_dao", province) == "Ban Chỉ đạo tỉnh Ninh Bình"


def test_who_is_no_area_reports_itself() -> None:
    """A department has no People's Committee, and F02 is the report of whoever owes it."""
    department = unit("agency", "co_quan", "Sở Nội vụ")

    assert {body_name(it, department) for it in (*BODIES, None)} == {"Sở Nội vụ"}
    assert body_name(None, unit("commune", "xa", "Xã Gia Viễn")) == "Xã Gia Viễn"


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("F01", "Ủy ban nhân dân phường Tam Điệp"),
        ("F02", "Phường Tam Điệp"),
        ("F04", "Ủy ban MTTQ Việt Nam phường Tam Điệp"),
        ("F05", "Đảng ủy phường Tam Điệp"),
    ],
)
def test_forms_name_their_bodies(reference: ReferenceData, code: str, named: str) -> None:
    """Three letters to one commune go to three bodies of it."""
    period = parse_period("cal.2026")
    form = reference.catalogue.form(code, period) if period else None
    commune = reference.directory.get("14362.2")
    assert form
    assert commune

    assert body_name(form.body, commune) == named


def test_every_unit_of_the_country_has_a_name_for_each_body(reference: ReferenceData) -> None:
    """No type of area is without its words, and no name is lost in them."""
    for it in reference.directory:
        for body in BODIES:
            named = body_name(body, it)
            assert named != it.name
            assert named.endswith(own_name(it.name))
