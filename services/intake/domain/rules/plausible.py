"""Rules about figures and texts that can be read and hardly be meant. All of them warn."""

from collections.abc import Iterator, Mapping

from services.intake.domain.case import Case
from services.intake.domain.old_encodings import old_encoding
from services.intake.domain.rule import rule
from services.intake.domain.violations import Violation
from shared.contracts.reports import ReportSubmitted
from shared.reference.figures import to_decimal
from shared.reference.indicators import Measure

_PEOPLE = 1_000_000
"""No commune has 400,000 people; everybody is counted three times at most in a period."""
_THINGS = 100_000
"""Meetings, cases, boards, models: one for every third inhabitant."""
_MOST_OF_COMMUNE: Mapping[str, int] = {
    **dict.fromkeys(("người", "lượt người", "lượt", "đại biểu", "hộ", "ý kiến"), _PEOPLE),
    "lượt hộ": _PEOPLE,
    "m": 1_000_000,  # a thousand km of roads
    "ngày công": 10_000_000,  # a hundred days of work of 100,000 people
    "m2": 10_000_000,  # ten km²; the whole province of Ninh Bình gave 4,2 km² by 2014
    "đồng": 1_000_000_000_000,  # a thousand thousand millions, more than a commune's budget
}
_TIMES = {"commune": 1, "district": 20, "province": 200}
_TIMES_OF_OTHERS = 20
"""A department or an enterprise reports for many units below it."""
_NOT_AMOUNTS = frozenset({Measure.SCORE, Measure.RANK, Measure.CATEGORY, Measure.RATIO})


@rule(
    "R14",
    "warn",
    source="ours: what a commune of 400,000 people can do, by unit of measure",
    basis="default",
)
def hard_to_believe(case: Case) -> Iterator[Violation]:
    """R14: a figure beyond what a unit of its level can have is asked about, digits slip."""
    if case.unit is None or case.compiled is None:
        return
    times = _TIMES.get(case.unit.level, _TIMES_OF_OTHERS)
    for cell, amount in case.units.items():
        indicator = case.compiled.indicators[cell]
        if amount is None or cell in case.unfit or indicator.measure in _NOT_AMOUNTS:
            continue
        most = times * _MOST_OF_COMMUNE.get(indicator.unit_of_measure, _THINGS)
        if amount > most * 10**indicator.scale:
            shown = amount if indicator.scale == 0 else to_decimal(amount, indicator.scale)
            unit = indicator.unit_of_measure.replace("m2", "m²")
            values = {"label": case.label(cell), "value": shown, "unit": unit, "most": most}
            yield Violation("hard_to_believe", case.field(cell), values)


@rule("R14", "warn", source="TCVN 6909:2001: Unicode for Vietnamese", basis="law")
def old_encoding_of_note(case: Case) -> Iterator[Violation]:
    """R14: a note in TCVN3 or VNI is kept, and its sender told that nobody can read it."""
    if isinstance(case.report, ReportSubmitted) and case.report.note:
        encoding = old_encoding(case.report.note)
        if encoding is not None:
            yield Violation("old_encoding_of_note", "note", {"encoding": encoding})
