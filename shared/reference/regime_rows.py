"""How regimes are read from their rows, those of regimes.yaml or of the directory's topic."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from shared.reference.periods import REGIMES
from shared.reference.regimes import YEARS, Regime, Regimes, Stage, YearlyWindow
from shared.reference.rows import FileRow

_OF_COMMITTEES = ("area", "obligatory", "forms", "yearly", "stages")
REGIME_FIELDS = ("code", "label_vi", "rules", *_OF_COMMITTEES)
_CODE = re.compile(r"[a-z0-9]{1,20}")
_DAY_OF_YEAR = re.compile(r"[0-9]{2}-[0-9]{2}")
_NO_LEAP_YEAR = 2001


def build_regimes(rows: Iterable[Mapping[str, object]], file: str = "regimes.yaml") -> Regimes:
    """
    Return the regimes of committees among these rows.

    Raises FactError on one that is unusable, there twice, or that lists a window twice.
    """
    found: dict[str, Regime] = {}
    for number, values in enumerate(rows, start=1):
        row = FileRow(file, f"regime {values.get('code') or number}", values)
        row.only(*REGIME_FIELDS)
        code = regime_code(row)
        if code in REGIMES:
            _check_preset(row, code)
        elif code in found:
            raise row.refused("is there twice")
        else:
            found[code] = _regime(row, code)
    return Regimes(found.values())


def regime_code(row: FileRow) -> str:
    """Return the code of a regime. Raises FactError when no period can be named by it."""
    code = row.text("code")
    if _CODE.fullmatch(code) is None:
        raise row.wrong("code", f"must be up to 20 small letters and digits, not {code!r}")
    return code


def _check_preset(row: FileRow, code: str) -> None:
    stated = next((name for name in _OF_COMMITTEES if row.values.get(name)), None)
    if stated is not None:
        raise row.wrong(stated, f"{code} cuts the year for everybody; only its rules can be told")


def _regime(row: FileRow, code: str) -> Regime:
    obligatory = row.values.get("obligatory") or False
    if not isinstance(obligatory, bool):
        raise row.wrong("obligatory", f"must be true or false, not {obligatory!r}")
    regime = Regime(
        code=code,
        label_vi=row.text("label_vi"),
        area=row.text_or_none("area"),
        obligatory=obligatory,
        forms=frozenset(row.texts("forms")),
        stages=tuple(map(_stage, row.rows("stages"))),
        yearly=tuple(map(_yearly, row.rows("yearly"))),
    )
    if not regime.windows:
        raise row.refused("has no windows: list stages or yearly ones")
    _check_twins(row, regime)
    return regime


def _check_twins(row: FileRow, regime: Regime) -> None:
    """Refuse two windows with the same days, or with one name: a letter must name one of them."""
    codes, labels = set[str](), set[str]()
    for it in regime.windows:
        if it.period.code in codes:
            raise row.refused(f"lists {it.period.code} twice")
        if it.label in labels:
            raise row.refused(f"calls two windows {it.label!r}")
        codes.add(it.period.code)
        labels.add(it.label)


def _stage(row: FileRow) -> Stage:
    row.only("first", "last", "label")
    first, last = row.day("first"), row.day("last")
    if last < first:
        raise row.wrong("last", f"{last} is before {first}")
    if first.year not in YEARS or last.year not in YEARS:
        raise row.wrong("first", f"a window lies in the years {YEARS.start} to {YEARS.stop - 1}")
    return Stage(first, last, row.text("label"))


def _yearly(row: FileRow) -> YearlyWindow:
    row.only("first", "last", "label", "valid_from", "valid_to")
    span = row.span()
    label = row.text("label")
    if "{year}" not in label:
        raise row.wrong("label", "must hold {year}: else all years have one name")
    return YearlyWindow(
        _day_of_year(row, "first"), _day_of_year(row, "last"), label, span.first, span.last
    )


def _day_of_year(row: FileRow, name: str) -> str:
    text = row.text(name)
    try:
        date.fromisoformat(f"{_NO_LEAP_YEAR}-{text}")
    except ValueError:
        text = ""
    if _DAY_OF_YEAR.fullmatch(text) is None:
        wanted = 'must be a day of every year, month first, such as "11-16"'
        raise row.wrong(name, f"{wanted}, not {row.values.get(name)!r}")
    return text
