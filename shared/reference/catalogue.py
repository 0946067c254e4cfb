"""
The catalogue: every indicator, form version and code list, and how they are built from rows.

The rows are those of shared/data/indicators.yaml, forms.yaml and codes.yaml; reading the files is
the business of shared/directory/loading.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from shared.reference.additions import Additions
from shared.reference.dates import DateSpan
from shared.reference.errors import FactError
from shared.reference.forms import (
    UNCLASSIFIED,
    Cell,
    ExtendedVersion,
    FormerTitle,
    FormVersion,
    SplitGroup,
)
from shared.reference.homes import check_homes, home_of
from shared.reference.indicators import OVER_TIME, OVER_UNITS, Code, Indicator, Measure, codes_of
from shared.reference.levels import LEVELS, TYPES
from shared.reference.periods import KINDS, REGIMES, Period
from shared.reference.reporting_bodies import BODIES
from shared.reference.rows import FileRow, mapping

__all__ = [
    "UNCLASSIFIED",
    "Catalogue",
    "Cell",
    "Code",
    "FactError",
    "FormVersion",
    "Indicator",
    "Measure",
    "SplitGroup",
    "build_catalogue",
]

_INDICATORS, _FORMS, _CODES = "indicators.yaml", "forms.yaml", "codes.yaml"


@dataclass(frozen=True)
class Catalogue:
    """
    All indicators, form versions and codes.

    `codes` is keyed by dimension, or by `dimension@indicator` where one dimension name means
    something else for an indicator; `codes_of` knows which applies.
    """

    indicators: Mapping[str, Indicator]
    forms: tuple[FormVersion, ...]
    codes: Mapping[str, tuple[Code, ...]]

    def form(self, code: str, period: Period) -> FormVersion | None:
        """Return the version of a form in force on the last day of a period; there is one."""
        return next((it for it in self.forms if it.code == code and it.valid_in(period)), None)

    def codes_of(self, indicator: str, dimension: str) -> tuple[Code, ...]:
        """Return the codes of a dimension of an indicator, in order; empty when there are none."""
        return codes_of(self.codes, indicator, dimension)

    def label(self, key: str) -> str:
        """
        Return what people call a cell: "Tổng số mô hình, điển hình – Phát triển kinh tế".

        What is no cell, or not in the catalogue, is called by its key.
        """
        try:
            cell = Cell.parse(key)
        except ValueError:
            return key
        indicator = self.indicators.get(cell.indicator)
        parts = ", ".join(self._label_of(cell.indicator, *part) for part in cell.split)
        name = indicator.label_vi if indicator else cell.indicator
        return f"{name} – {parts}" if parts else name

    def _label_of(self, indicator: str, dimension: str, code: str) -> str:
        codes = self.codes_of(indicator, dimension)
        return next((it.label_vi for it in codes if it.code == code), code)


def build_catalogue(
    indicators: Sequence[Mapping[str, object]],
    forms: Sequence[Mapping[str, object]],
    codes: Mapping[str, object],
) -> Catalogue:
    """
    Return the catalogue of these rows.

    Raises FactError(file, where, message, line) on a row that is incomplete, doubled, names
    something unknown, changes the cells of a form version that is out, or has one reporter asked
    twice for a figure without saying which of the two counts.
    """
    indicator_rows = _rows(_INDICATORS, "indicator", indicators)
    named = _unique(indicator_rows)
    lists = {name: _code_list(FileRow(_CODES, f"dimension {name}", codes), name) for name in codes}
    built: list[FormVersion] = []
    for row in _rows(_FORMS, "form", forms):
        version = _form(row, named, lists)
        for other in built:
            if other.code == version.code and _overlap(other, version):
                message = f"version {version.version} holds together with {other.version}"
                raise row.wrong("valid_from", message)
        built.append(version)
    check_homes(indicator_rows, named.values(), built)
    return Catalogue(named, tuple(built), lists)


def _rows(file: str, what: str, rows: Iterable[Mapping[str, object]]) -> list[FileRow]:
    return [
        FileRow(file, f"{what} {values.get('code') or number}", values)
        for number, values in enumerate(rows, start=1)
    ]


def _unique(rows: Sequence[FileRow]) -> dict[str, Indicator]:
    named: dict[str, Indicator] = {}
    for row in rows:
        indicator = _indicator(row)
        if indicator.code in named:
            raise row.wrong("code", "is there twice")
        named[indicator.code] = indicator
    for row, indicator in zip(rows, named.values(), strict=True):
        for name, part in (
            ("numerator", indicator.numerator),
            ("denominator", indicator.denominator),
        ):
            if (indicator.measure is Measure.RATIO) != (part in named):
                raise row.wrong(name, f"a ratio, and only a ratio, has two known parts: {part!r}")
        carried_in = named.get(indicator.carried_in or "")
        if indicator.carried_in and (carried_in is None or carried_in.over_time != "first"):
            raise row.wrong("carried_in", "must name a figure of the start of a period")
    return named


def _indicator(row: FileRow) -> Indicator:
    span = row.span()
    return Indicator(
        code=row.text("code"),
        label_vi=row.text("label_vi"),
        label_en=row.text("label_en"),
        group=row.text("group"),
        measure=Measure(row.one_of("measure", Measure)),
        unit_of_measure=row.text("unit"),
        over_units=row.one_of("over_units", OVER_UNITS),
        over_time=row.one_of("over_time", OVER_TIME),
        priority=row.number("priority"),
        forms=row.texts("forms"),
        numerator=row.text_or_none("numerator"),
        denominator=row.text_or_none("denominator"),
        carried_in=row.text_or_none("carried_in"),
        maximum=row.number_or_none("maximum"),
        out_of=tuple((r.number("from_year"), r.number("number")) for r in row.rows("out_of")),
        split_by=row.texts("split_by"),
        home=tuple(home_of(row).items()),
        added=row.number_or_none("added") or 0,
        valid_from=span.first,
        valid_to=span.last,
    )


def _code_list(row: FileRow, name: str) -> tuple[Code, ...]:
    listed: dict[str, Code] = {}
    for r in row.rows(name):
        span = r.span()
        added = r.number_or_none("added") or 0
        code = Code(r.text("code"), r.text("label_vi"), span.first, span.last, added)
        if code.code in listed:
            raise r.wrong("code", f"{code.code!r} is there twice")
        listed[code.code] = code
    if not listed:
        raise row.wrong(name, "has no codes")
    return tuple(listed.values())


def _form(
    row: FileRow, indicators: Mapping[str, Indicator], codes: Mapping[str, tuple[Code, ...]]
) -> FormVersion:
    valid_from, valid_to = row.day("valid_from"), row.span().last
    span = DateSpan(valid_from, valid_to)
    # What a version holds follows from dates alone: an indicator or a code of later years enters
    # the version of those years, and the cells of this one stay where they are.
    code = row.text("code")
    of_form = [it.code for it in indicators.values() if code in it.forms and it.span.overlaps(span)]
    groups = tuple(_group(split, of_form, indicators, codes, span) for split in row.rows("splits"))
    added = Additions(indicators, codes, row.rows("splits"))
    cells = tuple(sorted(_cells(of_form, groups), key=added.of))
    if len(set(cells)) < len(cells):
        raise row.wrong("splits", "a breakdown is there twice")
    form = FormVersion(
        code=code,
        version=row.number("version"),
        title_vi=row.text("title_vi"),
        valid_from=valid_from,
        valid_to=valid_to,
        owed_by=_closed(row, "owed_by", LEVELS),
        voluntary=_closed(row, "voluntary", frozenset().union(*TYPES.values())),
        regimes=_regimes(row),
        cells=cells,
        groups=groups,
        extends=tuple(
            ExtendedVersion(it.number("version"), it.number("cells")) for it in row.rows("extends")
        ),
        former_titles=tuple(map(_former_title, row.rows("former_titles"))),
        body=None if row.text_or_none("body") is None else row.one_of("body", BODIES),
    )
    for extended, earlier in zip(form.earlier(), row.rows("extends"), strict=True):
        if extended.fingerprint != earlier.text("fingerprint"):
            message = f"the first cells come to {extended.fingerprint} now"
            raise earlier.wrong("fingerprint", f"{message}: new ones stand behind them")
    if row.text_or_none("fingerprint") not in (None, form.fingerprint):
        message = f"figures are stored in cell order, and the cells come to {form.fingerprint} now"
        raise row.wrong("fingerprint", f"{message}: make a new version")
    return form


def _former_title(row: FileRow) -> FormerTitle:
    return FormerTitle(row.text("title_vi"), row.day("valid_to"))


def _cells(indicators: Sequence[str], groups: Sequence[SplitGroup]) -> Iterable[Cell]:
    for indicator in indicators:
        yield Cell(indicator)
        for group in groups:
            if group.indicator == indicator:
                yield from group.cells


def _group(
    split: FileRow,
    of_form: Sequence[str],
    indicators: Mapping[str, Indicator],
    codes: Mapping[str, tuple[Code, ...]],
    span: DateSpan,
) -> SplitGroup:
    indicator, dimensions = split.text("indicator"), tuple(sorted(split.texts("by")))
    if indicator not in of_form:
        raise split.wrong("indicator", f"{indicator!r} is not in this form")
    if not dimensions or not set(dimensions) <= set(indicators[indicator].split_by):
        raise split.wrong("by", f"{indicator!r} has no breakdown by {dimensions}")
    lists = [
        [it for it in codes_of(codes, indicator, name) if it.span.overlaps(span)]
        for name in dimensions
    ]
    if not all(lists):
        raise split.wrong("by", f"a dimension of {dimensions} has no codes")
    choices = product(*([code.code for code in listed] for listed in lists))
    cells = tuple(Cell(indicator, tuple(zip(dimensions, c, strict=True))) for c in choices)
    return SplitGroup(indicator, dimensions, cells)


def _closed(row: FileRow, name: str, allowed: Iterable[str]) -> frozenset[str]:
    found = frozenset(row.texts(name))
    if not found <= frozenset(allowed):
        raise row.wrong(name, f"must be of {', '.join(sorted(allowed))}")
    return found


def _regimes(row: FileRow) -> Mapping[str, frozenset[str]]:
    allowed = FileRow(
        row.file,
        f"{row.where}, regimes",
        mapping(row.values.get("regimes"), row, "regimes"),
        row.line_of("regimes"),
    )
    regimes = {regime: frozenset(allowed.texts(regime)) for regime in allowed.values}
    for regime, kinds in regimes.items():
        if regime not in REGIMES or not kinds or not kinds <= set(KINDS):
            raise allowed.wrong(regime, f"must be of {REGIMES} with kinds of {KINDS}")
    return regimes


def _overlap(one: FormVersion, other: FormVersion) -> bool:
    return one.version == other.version or one.span.overlaps(other.span)
