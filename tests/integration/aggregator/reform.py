"""A small country with a reform in the middle of 2024, and its reports."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from services.aggregator.domain.layouts import Layouts
from shared.contracts.reports import ReportAccepted
from shared.reference.directory import Directory, Unit
from shared.reference.lineage import Lineage, Link
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted
from tests.builders.periods import period as period_of

BEFORE, AFTER = "cal.2024-H1", "cal.2024-H2"
LAST, FIRST = date(2024, 6, 30), date(2024, 7, 1)
LEFT, RIGHT, BOTH = "91.1", "92.1", "91.2"
MERGED = ("A1", "A2", "A3")
"""Three communes of the left province, which become one: N1."""

DIVIDED = "B1"
"""A commune of the right province, which goes partly into N2 and partly into N3."""


def reference_of(reference: ReferenceData, *, reformed: bool) -> ReferenceData:
    """Return the country, with the reform or as before it was decided."""
    end = LAST if reformed else None
    units = [
        _unit(LEFT, "province", None, end),
        _unit(RIGHT, "province", None, end),
        *(_unit(key, "commune", LEFT, end) for key in MERGED),
        *(_unit(key, "commune", RIGHT, end) for key in (DIVIDED, "B2")),
    ]
    links: list[Link] = []
    if reformed:
        units += [
            _unit(BOTH, "province", None, None, FIRST),
            *(_unit(key, "commune", BOTH, None, FIRST) for key in ("N1", "N2", "N3")),
        ]
        links += [Link(key, BOTH, "whole", FIRST, "Nghị quyết 1") for key in (LEFT, RIGHT)]
        links += [Link(key, "N1", "whole", FIRST) for key in MERGED]
        links += [Link(DIVIDED, key, "part", FIRST) for key in ("N2", "N3")]
        links += [Link("B2", "N2", "whole", FIRST, verified=False)]
    return replace(reference, directory=Directory(units), lineage=Lineage(links))


def report(
    reference: ReferenceData,
    unit: str,
    period: str,
    figures: Mapping[str, Value],
    revision: int = 1,
) -> ReportAccepted:
    """Return what intake accepts of a unit: F07 of a province, F05 of any other."""
    last_day = period_of(period).last_day
    sender = reference.directory.get(unit, last_day)
    assert sender is not None
    form = "F07" if sender.level == "province" else "F05"
    path = reference.directory.path(unit, last_day)
    return accepted(
        figures, ReportSubject(unit, path, sender.type, form, period), revision=revision
    )


def models(
    reference: ReferenceData, period: str, totals: Mapping[str, int], layouts: Layouts
) -> Iterable[ReportAccepted]:
    """Return reports on the number of models at the end of a period, and how many are new."""
    assert layouts.of("F05", period)
    return [
        report(reference, unit, period, {"dvk_models_total": number, "dvk_models_new": number})
        for unit, number in totals.items()
    ]


def _unit(
    key: str, level: str, parent: str | None, last: date | None, first: date | None = None
) -> Unit:
    kind = {"province": "tinh", "commune": "xa"}[level]
    name = f"{'Tỉnh' if level == 'province' else 'Xã'} {key}"
    return Unit(key, key, level, kind, name, parent, first, last)
