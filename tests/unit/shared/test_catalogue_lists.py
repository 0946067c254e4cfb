"""The catalogue that ships: counts, code lists, who owes which form."""

from collections import Counter

import pytest

from shared.reference.catalogue import FormVersion, Measure
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period


def form(reference: ReferenceData, code: str) -> FormVersion:
    """Return the version of a form for 2026."""
    found = reference.catalogue.form(code, period("nd09.2026"))
    assert found is not None, code
    return found


def test_every_breakdown_has_a_closed_list_but_years(reference: ReferenceData) -> None:
    """A form of a later version may take any breakdown as cells; years never end."""
    catalogue = reference.catalogue
    open_ended = {
        dimension
        for indicator in catalogue.indicators.values()
        for dimension in indicator.split_by
        if not catalogue.codes_of(indicator.code, dimension)
    }

    assert open_ended == {"year"}


def test_every_code_list_belongs_to_a_breakdown(reference: ReferenceData) -> None:
    """A list for a misspelt dimension would be used by nobody and missed by somebody."""
    catalogue = reference.catalogue
    known = {
        name
        for indicator in catalogue.indicators.values()
        for dimension in indicator.split_by
        for name in (dimension, f"{dimension}@{indicator.code}")
    }

    assert set(catalogue.codes) <= known


def test_districts_and_townships_end_and_special_zones_begin_in_mid_2025(
    reference: ReferenceData,
) -> None:
    """No list may offer a level or a type that does not exist on the day."""
    for codes in reference.catalogue.codes.values():
        for code in codes:
            ended = code.code in {"district", "huyen", "thi_tran"}
            assert code.in_force(period("cal.2025-Q2")) == (code.code != "dac_khu")
            assert code.in_force(period("cal.2025-Q3")) == (not ended)


@pytest.mark.parametrize(
    ("form_code", "level", "unit_type", "owes", "may"),
    [
        ("F01", "commune", "dac_khu", True, True),
        ("F01", "agency", "co_quan", False, False),
        ("F02", "agency", "co_quan", True, True),
        ("F02", "public_service_unit", "don_vi_su_nghiep", True, True),
        ("F03", "enterprise", "dn_nha_nuoc", True, True),
        ("F03", "enterprise", "dn_khac", False, True),
        ("F04", "commune", "xa", True, True),
        ("F04", "organisation", "mttq", True, True),
        ("F05", "district", "huyen", True, True),
        ("F05", "party_block", "dang_uy_khoi", False, False),
    ],
)
def test_who_owes_a_form_follows_from_level_and_type(
    reference: ReferenceData, form_code: str, level: str, unit_type: str, owes: bool, may: bool
) -> None:
    """Law 10/2022: Chapter III binds agencies and units, Chapter IV state enterprises only."""
    found = form(reference, form_code)

    assert (found.owes(level, unit_type), found.may_report(level)) == (owes, may)


@pytest.mark.parametrize(
    ("code", "fingerprint"),
    [
        ("F01", "ea53cce93997183f"),
        ("F02", "6005b0095c6d0d55"),
        ("F03", "bf4ab0919a8dcce9"),
        ("F04", "14653aeb0f8266ae"),
        ("F05", "58b30e7157bdaaca"),
        ("F06", "1451f8cb0588a081"),
        ("F07", "ec4a09bd1ed61ef0"),
    ],
)
def test_version_1_has_the_cells_it_was_released_with(
    reference: ReferenceData, code: str, fingerprint: str
) -> None:
    """Whoever changes cells and the fingerprint in the file together is still stopped here."""
    now = form(reference, code)
    versions = {it.version: it.fingerprint for it in (now, *now.earlier())}

    assert versions[1] == fingerprint


@pytest.mark.parametrize(
    ("code", "version", "fingerprint"),
    [
        ("F01", 2, "fa2b1abafe879110"),
        ("F02", 2, "0f36737492ac10b2"),
        ("F03", 2, "ca319bbb83896a33"),
        ("F04", 2, "945ed017e519f6ee"),
        ("F01", 3, "22094d0903bced63"),
        ("F02", 3, "4322f51892fbb272"),
        ("F03", 3, "63f5439254497d64"),
        ("F04", 3, "7b0fcfee4e94c0cd"),
        ("F05", 2, "76d2ef74957d3188"),
        ("F06", 2, "afea78722ad014e9"),
        ("F07", 2, "5dd612afc690e1fa"),
    ],
)
def test_later_versions_have_the_cells_they_were_released_with(
    reference: ReferenceData, code: str, version: int, fingerprint: str
) -> None:
    """What was carried in stands behind the cells of version 1, what was added behind these."""
    now = form(reference, code)

    assert {it.version: it.fingerprint for it in (now, *now.earlier())}[version] == fingerprint


def test_indicators_are_counted_by_measure_priority_and_form(reference: ReferenceData) -> None:
    """The catalogue that was agreed: nothing lost, nothing slipped into another kind."""
    indicators = reference.catalogue.indicators.values()

    assert Counter(it.measure for it in indicators) == {
        Measure.FLOW: 73,
        Measure.STOCK_LAST: 20,
        Measure.STOCK_FIRST: 3,
        Measure.RATIO: 7,
        Measure.SCORE: 4,
        Measure.RANK: 4,
        Measure.CATEGORY: 1,
        Measure.MONEY: 1,
        Measure.AREA: 1,
    }
    assert Counter(it.priority for it in indicators) == {1: 51, 2: 57, 3: 6}
    assert Counter(f for it in indicators for f in it.forms) == {
        "F01": 42,
        "F02": 17,
        "F03": 16,
        "F04": 32,
        "F05": 17,
        "F06": 16,
        "F07": 9,
        "sys": 5,
    }
    groups = Counter(it.group[0] for it in indicators)
    assert dict(groups) == dict(
        zip("ABCDEFGHIJKLMN", (7, 6, 7, 12, 4, 6, 25, 6, 11, 6, 8, 2, 9, 5), strict=True)
    )
