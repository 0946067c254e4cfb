"""Rows of the catalogue that do not hold together are refused by name."""

from collections.abc import Mapping
from datetime import date

import pytest

from shared.directory.yaml_rows import read_yaml
from shared.reference.catalogue import Catalogue, FactError, FormVersion, build_catalogue
from shared.reference.periods import parse_period

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
    "split_by": ["level"],
}
FORM: Mapping[str, object] = {
    "code": "F01",
    "version": 1,
    "title_vi": "Báo cáo",
    "valid_from": date(2017, 1, 1),
    "owed_by": ["commune"],
    "regimes": {"cal": ["year"]},
}
LEVELS: Mapping[str, object] = {"level": [{"code": "commune", "label_vi": "Cấp xã"}]}
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
            "two known parts: 'x'",
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
        pytest.param(
            [INDICATOR],
            [{**FORM, "splits": [{**SPLIT, "by": ["field"]}]}],
            "no breakdown by",
            id="split-by-other",
        ),
        pytest.param(
            [INDICATOR],
            [{**FORM, "splits": [SPLIT, SPLIT]}],
            "splits: a breakdown is there twice",
            id="split-twice",
        ),
        pytest.param([{**INDICATOR, "over_time": "mean"}], [], "over_time: must", id="over-time"),
        pytest.param([INDICATOR], [{**FORM, "owed_by": ["street"]}], "owed_by: must", id="level"),
        pytest.param([INDICATOR], [{**FORM, "voluntary": ["x"]}], "voluntary: must", id="type"),
        pytest.param(
            [INDICATOR], [{**FORM, "valid_to": "2016-12-31"}], "is before 2017", id="backwards"
        ),
    ],
)
def test_a_row_that_does_not_hold_together_is_named(
    indicators: list[Mapping[str, object]], forms: list[Mapping[str, object]], message: str
) -> None:
    """Whoever edits a fact file reads which row and field to mend, before anything starts."""
    with pytest.raises(FactError, match=message):
        build_catalogue(indicators, forms, {} if "no codes" in message else LEVELS)


@pytest.mark.parametrize("rows", [[], [{"code": "a", "label_vi": "A"}] * 2])
def test_a_code_list_is_neither_empty_nor_doubled(rows: list[object]) -> None:
    """A doubled code would be a cell twice."""
    with pytest.raises(FactError, match=r"codes\.yaml: dimension level"):
        build_catalogue([], [], {"level": rows})


def code_rows(*rows: Mapping[str, object]) -> Mapping[str, object]:
    """Return a list of codes for `level`, each with a label."""
    return {"level": [{"label_vi": "x", **row} for row in rows]}


def catalogue_of_two_versions() -> Catalogue:
    """Return a form whose second version asks for more, and for another list of levels."""
    first = {**FORM, "splits": [SPLIT], "valid_to": date(2024, 12, 31)}
    second = {**FORM, "splits": [SPLIT], "version": 2, "valid_from": date(2025, 1, 1)}
    earlier = {**INDICATOR, "code": "asked_later", "valid_from": date(2025, 1, 1)}
    codes = code_rows(
        {"code": "commune"},
        {"code": "district", "valid_to": date(2024, 12, 31)},
        {"code": "village", "valid_from": date(2025, 1, 1)},
    )
    return build_catalogue([earlier, INDICATOR], [first, second], codes)


def form_in(catalogue: Catalogue, year: int) -> FormVersion:
    """Return the version of F01 for a year."""
    period = parse_period(f"cal.{year}")
    assert period is not None
    found = catalogue.form("F01", period)
    assert found is not None
    return found


def test_a_new_version_never_reinterprets_old_figures() -> None:
    """Figures are stored by position: those of 2024 must still be read with the cells of 2024."""
    alone = build_catalogue(
        [INDICATOR],
        [{**FORM, "splits": [SPLIT]}],
        code_rows({"code": "commune"}, {"code": "district"}),
    )

    old, new = (form_in(catalogue_of_two_versions(), year) for year in (2024, 2025))

    assert (old.version, new.version) == (1, 2)
    assert old.cells == form_in(alone, 2024).cells
    assert old.fingerprint == form_in(alone, 2024).fingerprint != new.fingerprint
    assert [cell.key for cell in new.cells] == [
        "asked_later",
        "dialogues_held",
        "dialogues_held[level=commune]",
        "dialogues_held[level=village]",
    ]


def test_of_two_versions_that_of_the_period_holds() -> None:
    """A report is judged by the form of its period, also when it comes years later."""
    catalogue = catalogue_of_two_versions()

    assert [form_in(catalogue, year).version for year in (2017, 2024, 2025, 2030)] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "second",
    [
        {"version": 2, "valid_from": date(2025, 1, 1)},
        {"version": 2, "valid_from": date(2010, 1, 1), "valid_to": date(2017, 1, 1)},
        {"version": 1, "valid_from": date(2010, 1, 1), "valid_to": date(2016, 12, 31)},
    ],
)
def test_two_versions_of_a_form_never_hold_on_one_day(second: Mapping[str, object]) -> None:
    """Which of them a report was judged by would depend on the order of a file."""
    with pytest.raises(FactError, match=r"form F01: valid_from: version . holds together with 1"):
        build_catalogue([INDICATOR], [FORM, {**FORM, **second}], {})


def test_the_last_day_of_a_version_is_its_own() -> None:
    """Dates are inclusive: the next version begins on the day after."""
    last = date(2024, 12, 31)
    second = {**FORM, "version": 2, "valid_from": last}

    with pytest.raises(FactError, match="version 2 holds together with 1"):
        build_catalogue([INDICATOR], [{**FORM, "valid_to": last}, second], {})


def test_a_version_that_is_out_keeps_its_cells() -> None:
    """One more code without dates would shift every figure that is stored behind it."""
    split = {**FORM, "splits": [SPLIT]}
    before = build_catalogue([INDICATOR], [split], code_rows({"code": "commune"}))
    out = {**split, "fingerprint": form_in(before, 2024).fingerprint}

    again = build_catalogue([INDICATOR], [out], code_rows({"code": "commune"}))
    assert form_in(again, 2024).fingerprint == out["fingerprint"]
    with pytest.raises(FactError, match=r"fingerprint: .*make a new version"):
        build_catalogue([INDICATOR], [out], code_rows({"code": "commune"}, {"code": "village"}))


def test_a_version_that_extends_another_begins_with_its_cells() -> None:
    """Stored figures keep their positions; what is new stands behind them, and is not there yet."""
    first = form_in(build_catalogue([INDICATOR], [FORM], {}), 2024)
    more = {**INDICATOR, "code": "asked_later"}
    earlier = {"version": 1, "cells": 1, "fingerprint": first.fingerprint}
    second = {**FORM, "version": 2, "extends": [earlier]}

    found = form_in(build_catalogue([INDICATOR, more], [second], {}), 2024)

    (extended,) = found.earlier()
    assert (extended, extended.cells) == (first, first.cells)
    assert [found.reads(it) for it in (0, 1, 2, 3)] == [False, True, True, False]
    with pytest.raises(FactError, match="new ones stand behind them"):
        build_catalogue([more, INDICATOR], [second], {})


def test_what_was_added_later_stands_behind() -> None:
    """A code, a breakdown and an indicator of a later addition shift no figure that is stored."""
    levels = code_rows({"code": "commune"})
    split = {**FORM, "splits": [SPLIT]}
    first = form_in(build_catalogue([INDICATOR], [split], levels), 2024)
    earlier = {"version": 1, "cells": 2, "fingerprint": first.fingerprint}
    added = {**INDICATOR, "code": "asked_later", "added": 1}
    second = {
        **FORM,
        "version": 2,
        "extends": [earlier],
        "splits": [SPLIT, {**SPLIT, "indicator": "asked_later"}],
    }
    codes = code_rows({"code": "commune"}, {"code": "village", "added": 2})

    found = form_in(build_catalogue([added, INDICATOR], [second], codes), 2024)

    assert [it.key for it in found.cells] == [
        "dialogues_held",
        "dialogues_held[level=commune]",
        "asked_later",
        "asked_later[level=commune]",
        "asked_later[level=village]",
        "dialogues_held[level=village]",
    ]
    (extended,) = found.earlier()
    assert (extended.cells, extended.groups) == (first.cells, first.groups)


def test_a_breakdown_that_was_added_later_stands_behind() -> None:
    """An old indicator may be broken down one day."""
    indicators = [INDICATOR, {**INDICATOR, "code": "asked_too"}]
    first = form_in(build_catalogue(indicators, [FORM], {}), 2024)
    earlier = {"version": 1, "cells": 2, "fingerprint": first.fingerprint}
    split = {**SPLIT, "added": 1}
    second = {**FORM, "version": 2, "extends": [earlier], "splits": [split]}

    found = build_catalogue(indicators, [second], code_rows({"code": "commune"}))

    (extended,) = form_in(found, 2024).earlier()
    assert (extended.cells, extended.groups) == (first.cells, ())


def test_an_enterprise_may_report_what_it_does_not_owe() -> None:
    """Law 10/2022 Art. 82 binds state enterprises; others may opt in."""
    form = {**FORM, "owed_by": ["enterprise"], "voluntary": ["dn_khac"]}

    found = form_in(build_catalogue([INDICATOR], [form], {}), 2024)

    assert found.owes("enterprise", "dn_nha_nuoc")
    assert not found.owes("enterprise", "dn_khac")
    assert not found.owes("commune", "xa")
    assert found.may_report("enterprise")
    assert not found.may_report("commune")


YAML = """\
forms:
  - code: F01
    version: 1
    title_vi: Báo cáo
    valid_from: 2017-01-01
    owed_by: [commune]
    regimes:
      cal: [year]
    splits:
      - {indicator: dialogues_held, by: [level]}
"""


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "held, by: [level]}",
            "held, by: [level]}\n      - {indicator: unheard_of, by: [level]}",
            "forms.yaml:11: form F01, splits 2: indicator: 'unheard_of' is not in",
        ),
        ("[year]", "[week]", "forms.yaml:8: form F01, regimes: cal: must be of"),
        ("version: 1", "version: x", "forms.yaml:3: form F01: version: must be a whole number"),
        ("    title_vi: Báo cáo\n", "", "forms.yaml:2: form F01: title_vi: must be a text"),
    ],
)
def test_an_error_names_file_and_line(before: str, after: str, message: str) -> None:
    """Whoever edits a file of a thousand lines is sent to the one to mend."""
    rows = read_yaml(YAML.replace(before, after, 1), "forms.yaml").rows("forms")

    with pytest.raises(FactError) as refused:
        build_catalogue([INDICATOR], [row.values for row in rows], code_rows({"code": "commune"}))

    assert str(refused.value).startswith(message)
