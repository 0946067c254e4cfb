"""The catalogue: indicators, forms, cells, codes, and positions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.catalogue import (
    UNCLASSIFIED,
    Cell,
    FormVersion,
    Measure,
)
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period


def form(reference: ReferenceData, code: str) -> FormVersion:
    """Return the version of a form for 2026."""
    found = reference.catalogue.form(code, period("nd09.2026"))
    assert found is not None, code
    return found


def test_the_catalogue_has_109_reported_and_5_computed_indicators(reference: ReferenceData) -> None:
    """The count agreed with the people who use it; a lost row is a figure nobody can report."""
    computed = [i for i in reference.catalogue.indicators.values() if i.forms == ("sys",)]

    assert len(reference.catalogue.indicators) == 114
    assert len(computed) == 5


def test_every_reported_indicator_is_a_cell_of_each_form_it_names(reference: ReferenceData) -> None:
    """An indicator without a cell could never be reported."""
    cells = {(f.code, cell.indicator) for f in reference.catalogue.forms for cell in f.cells}
    named = {(f, i.code) for i in reference.catalogue.indicators.values() for f in i.forms}

    assert cells == {pair for pair in named if pair[0] != "sys"}


def test_cells_keep_their_positions(reference: ReferenceData) -> None:
    """Stored figures are arrays in cell order: version 1 of F05 may never be rearranged."""
    keys = [cell.key for cell in form(reference, "F05").cells]

    assert len(keys) == 54
    assert keys[:5] == [
        "land_donated_m2",
        "contributions_vnd",
        "work_days",
        "dvk_models_opening",
        "dvk_models_opening[field=kinh_te]",
    ]
    assert keys[24] == "dvk_models_total"
    assert keys[39:41] == [
        "dvk_models_recognised[recognition_level=central]",
        "dvk_models_registered[holder=tap_the]",
    ]


@pytest.mark.parametrize(
    ("code", "cells"), [("F01", 69), ("F02", 17), ("F03", 16), ("F04", 35), ("F06", 47), ("F07", 9)]
)
def test_the_number_of_cells_of_a_form_is_fixed(
    reference: ReferenceData, code: str, cells: int
) -> None:
    """A cell more or less shifts every stored figure behind it: that takes a new version."""
    assert len(form(reference, code).cells) == cells


def test_position_finds_each_cell_by_its_key(reference: ReferenceData) -> None:
    """Figures arrive by key and are stored by position."""
    for one in reference.catalogue.forms:
        assert [one.position[cell.key] for cell in one.cells] == list(range(len(one.cells)))


def test_every_cell_key_parses_back(reference: ReferenceData) -> None:
    """The key is the identity of a figure on the wire."""
    for one in reference.catalogue.forms:
        assert [Cell.parse(cell.key) for cell in one.cells] == list(one.cells)


def test_awards_are_split_by_level_and_programme_at_once(reference: ReferenceData) -> None:
    """Long An 2023 tells certificates for both programmes from those for Dân vận khéo alone."""
    keys = form(reference, "F06").position

    for programme in ("dan_chu_co_so+dan_van_kheo", "dan_van_kheo"):
        key = f"awards_certificate_collective[award_level=province,programme={programme}]"
        assert key in keys


def test_a_dimension_name_may_mean_two_things(reference: ReferenceData) -> None:
    """`kind` is mô hình or điển hình for models, but the occasion for receptions."""
    codes = reference.catalogue.codes_of

    assert [c.code for c in codes("dvk_models_total", "kind")] == ["mo_hinh", "dien_hinh"]
    assert [c.code for c in codes("reception_visits", "kind")] == [
        "regular",
        "scheduled",
        "ad_hoc",
    ]


def test_what_may_be_left_unclassified(reference: ReferenceData) -> None:
    """Fields of models, and the level of what was recognised or awarded: "cấp huyện và cơ sở"."""
    groups = [group for one in reference.catalogue.forms for group in one.groups]

    open_ended = {
        group.dimensions
        for group in groups
        if any(code == UNCLASSIFIED for cell in group.cells for _, code in cell.split)
    }

    assert open_ended == {("field",), ("recognition_level",), ("award_level", "programme")}


def test_the_district_level_of_recognition_ends_in_mid_2025(reference: ReferenceData) -> None:
    """There are no districts after 30/6/2025; a figure for one would be a mistake."""
    codes = {
        c.code: c
        for c in reference.catalogue.codes_of("dvk_models_recognised", "recognition_level")
    }

    assert codes["district"].in_force(period("cal.2025-Q2"))
    assert codes["district"].in_force(period("cal.2025"))
    assert not codes["district"].in_force(period("cal.2025-Q3"))
    assert codes["province"].in_force(period("cal.2025-Q3"))


@pytest.mark.parametrize(
    ("code", "measure", "scale"),
    [
        ("dvk_models_new", Measure.FLOW, 0),
        ("dvk_models_opening", Measure.STOCK_FIRST, 0),
        ("dvk_models_total", Measure.STOCK_LAST, 0),
        ("pib_resolution_rate", Measure.RATIO, 2),
        ("par_index_score", Measure.SCORE, 2),
        ("par_index_rank", Measure.RANK, 0),
        ("papi_group", Measure.CATEGORY, 0),
        ("contributions_vnd", Measure.MONEY, 0),
        ("land_donated_m2", Measure.AREA, 2),
    ],
)
def test_the_measure_decides_the_scale(
    reference: ReferenceData, code: str, measure: Measure, scale: int
) -> None:
    """A score in whole points or đồng in hundredths would be wrong by a factor of a hundred."""
    indicator = reference.catalogue.indicators[code]

    assert (indicator.measure, indicator.scale) == (measure, scale)


def test_scores_ranks_and_groups_exist_for_a_province_only(reference: ReferenceData) -> None:
    """PAR INDEX of communes cannot be added up; the type refuses what has no meaning."""
    looked_up = [i for i in reference.catalogue.indicators.values() if i.at_province_only]

    assert {i.forms for i in looked_up} == {("F07",)}
    assert len(looked_up) == 9
    assert not any(i.additive for i in looked_up)


@pytest.mark.parametrize(("year", "provinces"), [(2011, None), (2022, 63), (2024, 63), (2025, 34)])
def test_a_rank_is_out_of_the_provinces_of_its_year(
    reference: ReferenceData, year: int, provinces: int | None
) -> None:
    """Hà Nội was 3/63 in 2022; from 2025 there are 34 provinces."""
    assert reference.catalogue.indicators["par_index_rank"].ranked_among(year) == provinces


def test_every_ratio_in_a_form_stands_beside_its_two_parts(reference: ReferenceData) -> None:
    """A sent rate is checked against its numerator and denominator in the same report."""
    for one in reference.catalogue.forms:
        for cell in one.cells:
            indicator = reference.catalogue.indicators[cell.indicator]
            if indicator.measure is Measure.RATIO:
                assert indicator.numerator in one.position
                assert indicator.denominator in one.position


def test_a_form_before_its_first_day_does_not_exist(reference: ReferenceData) -> None:
    """The forms hold from 2017, the year of the oldest case."""
    assert reference.catalogue.form("F05", period("cal.2016")) is None
    assert reference.catalogue.form("F05", period("cal.2017")) is not None


def test_an_unknown_form_does_not_exist(reference: ReferenceData) -> None:
    """A strange form code from outside is a finding and never a crash."""
    assert reference.catalogue.form("F99", period("cal.2023")) is None


def test_nine_months_are_reported_by_the_decree_only(reference: ReferenceData) -> None:
    """Decree 09/2019 Art. 12 knows a nine-month report; calendar letters ask for quarters."""
    assert form(reference, "F05").accepts(period("nd09.2026-9M"))
    assert not form(reference, "F05").accepts(period("cal.2026-9M"))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "Dvk",
        "a[]",
        "a[b]",
        "a[b=]",
        "a[b=c",
        "a[c=1,b=2]",
        "a[b=1,b=2]",
        "a[b=c]\n",
        "a b",
    ],
)
def test_a_key_that_is_not_canonical_is_refused(key: str) -> None:
    """Two spellings of one cell would be two figures."""
    with pytest.raises(ValueError, match=r"dimensions|cell key"):
        Cell.parse(key)


words = st.text("abc_019", min_size=1, max_size=8)


@given(words, st.dictionaries(words, words, max_size=3))
def test_a_cell_comes_back_from_its_key(indicator: str, split: dict[str, str]) -> None:
    """Keys are built and read in different services."""
    cell = Cell(indicator, tuple(sorted(split.items())))

    assert Cell.parse(cell.key) == cell
