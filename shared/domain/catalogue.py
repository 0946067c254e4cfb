"""
The catalogue: every indicator, form version and code list, and how they are built from rows.

The rows are those of shared/data/indicators.yaml, forms.yaml and codes.yaml; reading the files is
the business of shared/infra/facts.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from shared.domain.errors import FactError
from shared.domain.forms import UNCLASSIFIED, Cell, FormVersion, SplitGroup
from shared.domain.indicators import Code, Indicator, Measure
from shared.domain.periods import KINDS, REGIMES, Period
from shared.domain.rows import Row, mapping

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
        """Return the newest version of a form in force on the last day of a period."""
        versions = [form for form in self.forms if form.code == code and form.valid_in(period)]
        return max(versions, key=lambda form: form.version, default=None)

    def codes_of(self, indicator: str, dimension: str) -> tuple[Code, ...]:
        """Return the codes of a dimension of an indicator, in order; empty when there are none."""
        return _codes_of(self.codes, indicator, dimension)


def build_catalogue(
    indicators: Sequence[Mapping[str, object]],
    forms: Sequence[Mapping[str, object]],
    codes: Mapping[str, object],
) -> Catalogue:
    """
    Return the catalogue of these rows.

    Raises FactError(file, where, message) on a row that is incomplete, doubled or names something
    unknown.
    """
    lists = {name: _code_list(name, codes) for name in codes}
    named = _unique(
        [
            _indicator(Row(_INDICATORS, _where(row, "indicator", n), row))
            for n, row in _n(indicators)
        ]
    )
    built = tuple(
        _form(Row(_FORMS, _where(row, "form", n), row), named, lists) for n, row in _n(forms)
    )
    return Catalogue(named, built, lists)


def _n(rows: Sequence[Mapping[str, object]]) -> Iterable[tuple[int, Mapping[str, object]]]:
    return enumerate(rows, start=1)


def _where(row: Mapping[str, object], what: str, number: int) -> str:
    return f"{what} {row.get('code') or number}"


def _unique(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    named: dict[str, Indicator] = {}
    for indicator in indicators:
        if indicator.code in named:
            raise FactError(_INDICATORS, f"indicator {indicator.code}", "is there twice")
        named[indicator.code] = indicator
    for indicator in named.values():
        for part in (indicator.numerator, indicator.denominator):
            if (indicator.measure is Measure.RATIO) != (part in named):
                message = f"a ratio, and only a ratio, needs two known parts, not {part!r}"
                raise FactError(_INDICATORS, f"indicator {indicator.code}", message)
    return named


def _indicator(row: Row) -> Indicator:
    measure = row.text("measure")
    if measure not in tuple(Measure):
        raise row.wrong("measure", f"must be one of {', '.join(Measure)}, not {measure!r}")
    return Indicator(
        code=row.text("code"),
        label_vi=row.text("label_vi"),
        label_en=row.text("label_en"),
        group=row.text("group"),
        measure=Measure(measure),
        unit_of_measure=row.text("unit"),
        over_units=row.text("over_units"),
        over_time=row.text("over_time"),
        priority=row.number("priority"),
        forms=row.texts("forms"),
        numerator=row.text_or_none("numerator"),
        denominator=row.text_or_none("denominator"),
        maximum=row.number_or_none("maximum"),
        out_of=tuple((r.number("from_year"), r.number("number")) for r in row.rows("out_of")),
    )


def _code_list(name: str, codes: Mapping[str, object]) -> tuple[Code, ...]:
    rows = Row(_CODES, f"dimension {name}", codes).rows(name)
    listed = tuple(
        Code(
            r.text("code"),
            r.text("label_vi"),
            r.day_or_none("valid_from"),
            r.day_or_none("valid_to"),
        )
        for r in rows
    )
    if not listed or len({code.code for code in listed}) < len(listed):
        raise FactError(_CODES, f"dimension {name}", "has no codes, or one of them twice")
    return listed


def _codes_of(
    codes: Mapping[str, tuple[Code, ...]], indicator: str, dimension: str
) -> tuple[Code, ...]:
    return codes.get(f"{dimension}@{indicator}") or codes.get(dimension, ())


def _form(
    row: Row, indicators: Mapping[str, Indicator], codes: Mapping[str, tuple[Code, ...]]
) -> FormVersion:
    code = row.text("code")
    of_form = [indicator.code for indicator in indicators.values() if code in indicator.forms]
    groups = _groups(row, of_form, codes)
    return FormVersion(
        code=code,
        version=row.number("version"),
        title_vi=row.text("title_vi"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        owed_by=frozenset(row.texts("owed_by")),
        regimes=_regimes(row),
        cells=tuple(_cells(of_form, groups)),
        groups=groups,
    )


def _cells(indicators: Sequence[str], groups: Sequence[SplitGroup]) -> Iterable[Cell]:
    for indicator in indicators:
        yield Cell(indicator)
        for group in groups:
            if group.indicator == indicator:
                yield from group.cells


def _groups(
    row: Row, indicators: Sequence[str], codes: Mapping[str, tuple[Code, ...]]
) -> tuple[SplitGroup, ...]:
    groups = []
    for split in row.rows("splits"):
        indicator, dimensions = split.text("indicator"), tuple(sorted(split.texts("by")))
        if indicator not in indicators:
            raise split.wrong("indicator", f"{indicator!r} is not in this form")
        lists = [_codes_of(codes, indicator, dimension) for dimension in dimensions]
        if not lists or not all(lists):
            raise split.wrong("by", f"a dimension of {dimensions} has no codes")
        choices = product(*([code.code for code in listed] for listed in lists))
        cells = tuple(Cell(indicator, tuple(zip(dimensions, c, strict=True))) for c in choices)
        groups.append(SplitGroup(indicator, dimensions, cells))
    return tuple(groups)


def _regimes(row: Row) -> Mapping[str, frozenset[str]]:
    allowed = Row(
        row.file, f"{row.where}, regimes", mapping(row.values.get("regimes"), row, "regimes")
    )
    regimes = {regime: frozenset(allowed.texts(regime)) for regime in allowed.values}
    for regime, kinds in regimes.items():
        if regime not in REGIMES or not kinds or not kinds <= set(KINDS):
            raise allowed.wrong(regime, f"must be of {REGIMES} with kinds of {KINDS}")
    return regimes
