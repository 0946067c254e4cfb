"""Rows of the catalogue that do not hold together are refused by name."""

from collections.abc import Mapping
from datetime import date

import pytest

from shared.domain.catalogue import FactError, build_catalogue
from shared.domain.periods import parse_period

INDICATOR: Mapping[str, object] = {
    "code": "dialogues_held",
    "label_vi": "Cuộc đối thoại",
    "label_en": "Dialogues",
    "group": "E",
    "measure": "flow",
    "unit": "cuộc",
    "over_units": "sum",
    "over_time": "sum",
    "forms": ["F01"],
    "priority": 1,
}
FORM: Mapping[str, object] = {
    "code": "F01",
    "version": 1,
    "title_vi": "Báo cáo",
    "valid_from": date(2017, 1, 1),
    "owed_by": ["commune"],
    "regimes": {"cal": ["year"]},
}
SPLIT = {"indicator": "dialogues_held", "by": ["level"]}


@pytest.mark.parametrize(
    ("indicators", "forms", "message"),
    [
        pytest.param(
            [{**INDICATOR, "measure": "guess"}], [], "dialogues_held: measure", id="measure"
        ),
        pytest.param([{**INDICATOR, "label_vi": ""}], [], "label_vi: must be a text", id="label"),
        pytest.param(
            [{**INDICATOR, "priority": "1"}], [], "priority: must be a whole", id="number"
        ),
        pytest.param([{**INDICATOR, "forms": "F01"}], [], "forms: must be a list", id="list"),
        pytest.param([INDICATOR, INDICATOR], [], "is there twice", id="twice"),
        pytest.param(
            [{**INDICATOR, "measure": "ratio", "numerator": "x", "denominator": "y"}],
            [],
            "two known parts, not 'x'",
            id="ratio-of-unknown",
        ),
        pytest.param(
            [{**INDICATOR, "numerator": "dialogues_held"}], [], "only a ratio", id="part-of-a-count"
        ),
        pytest.param([INDICATOR], [{**FORM, "valid_from": "soon"}], "valid_from", id="date"),
        pytest.param([INDICATOR], [{**FORM, "valid_from": None}], "date is missing", id="no-date"),
        pytest.param(
            [INDICATOR], [{**FORM, "regimes": {"x": ["year"]}}], "regimes: x", id="regime"
        ),
        pytest.param([INDICATOR], [{**FORM, "regimes": {"cal": ["week"]}}], "kinds", id="kind"),
        pytest.param([INDICATOR], [{**FORM, "regimes": []}], "must be a mapping", id="mapping"),
        pytest.param([INDICATOR], [{**FORM, "splits": [SPLIT]}], "has no codes", id="no-codes"),
        pytest.param(
            [INDICATOR],
            [{**FORM, "splits": [{**SPLIT, "indicator": "other"}]}],
            "not in this form",
            id="split-of-other",
        ),
    ],
)
def test_a_row_that_does_not_hold_together_is_named(
    indicators: list[Mapping[str, object]], forms: list[Mapping[str, object]], message: str
) -> None:
    """Whoever edits a fact file reads which row and field to mend, before anything starts."""
    with pytest.raises(FactError, match=message):
        build_catalogue(indicators, forms, {})


@pytest.mark.parametrize("rows", [[], [{"code": "a", "label_vi": "A"}] * 2])
def test_a_code_list_is_neither_empty_nor_doubled(rows: list[object]) -> None:
    """A doubled code would be a cell twice."""
    with pytest.raises(FactError, match=r"codes\.yaml: dimension level"):
        build_catalogue([], [], {"level": rows})


def test_of_two_versions_the_newest_in_force_holds() -> None:
    """A report is judged by the form of its period, also when it comes years later."""
    first = {**FORM, "valid_to": date(2024, 12, 31)}
    second = {**FORM, "version": 2, "valid_from": date(2025, 1, 1)}
    catalogue = build_catalogue([INDICATOR], [first, second], {})

    periods = [found for year in (2024, 2025) if (found := parse_period(f"cal.{year}"))]
    versions = [catalogue.form("F01", period) for period in periods]

    assert [version.version for version in versions if version] == [1, 2]
