"""A published result as reports of those who state it, judged and added up by the pure cores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.intake.domain.judge import Verdict
from shared.directory.files import shipped
from shared.directory.loading import build_reference_data
from shared.reference.directory import Unit
from shared.reference.periods import KINDS, Period, label_vi, periods_of_year, window
from tests.builders.accepted_reports import revision_of
from tests.corpus.rows import Entered, Qualified, Row, Window
from tests.golden.replay import Replay, accepted_event
from tests.golden.world import World
from tools.demo.reports import FigureValue, Report, complete

REGIME = "congbo"
"""The regime of the windows in which pages state results, where no calendar period has the days."""

_BODIES: Mapping[str, tuple[str, str, str, str]] = {
    "front": ("MT", "organisation", "mttq", "Ủy ban Mặt trận Tổ quốc Việt Nam"),
    "front_of_districts": ("MTH", "organisation", "mttq", "Mặt trận Tổ quốc Việt Nam cấp huyện"),
    "fronts_of_communes": ("MTX", "organisation", "mttq", "Mặt trận Tổ quốc Việt Nam cấp xã"),
    "inspectorate": ("TT", "agency", "co_quan", "Thanh tra"),
    "justice": ("TP", "agency", "co_quan", "Sở Tư pháp"),
    "unions": ("LD", "organisation", "doan_the", "Liên đoàn Lao động"),
}
"""By body: the end of its key, its level, its type and the beginning of its name."""


@dataclass(frozen=True)
class Entry:
    """A row that was sent: what the rules said, and what the area's totals are."""

    row: Row
    period: Period
    reports: tuple[Report, ...]
    verdicts: tuple[Verdict, ...]
    replay: Replay

    @property
    def accepted(self) -> bool:
        """Tell whether every report of the row counts."""
        return all(it.validated is not None for it in self.verdicts)

    @property
    def findings(self) -> Mapping[str, str]:
        """What the rules said, severities by code."""
        return {it.code: it.severity for verdict in self.verdicts for it in verdict.violations}


def world_of(rows: Sequence[Row]) -> World:
    """Return what ships, with the bodies that report and the committees that ask them."""
    ours = shipped()
    areas = {it.key: it for it in ours.units}
    bodies = {
        it.key: it
        for row in rows
        for entered in row.reports
        if entered.by != "area"
        for it in [_body(areas[row.area.key], entered.by)]
    }
    contents = replace(
        ours,
        units=[*ours.units, *bodies.values()],
        regimes=[*ours.regimes, _regime(rows)],
        committees=[_committee(it.key) for it in areas.values() if it.level == "province"],
    )
    return World(build_reference_data(contents))


def enter(row: Row, world: World) -> Entry:
    """Send the reports of a row."""
    period = period_of(row.window)
    reports = tuple(_report(row, it, period, world) for it in row.reports)
    verdicts = tuple(world.verdict(it) for it in reports)
    events = [
        accepted_event(report, verdict.validated)
        for report, verdict in zip(reports, verdicts, strict=True)
        if verdict.validated is not None
    ]
    replay = Replay(
        world,
        row.area.key,
        reports,
        {},
        tuple(revision_of(it, world.layouts) for it in events),
    )
    return Entry(row, period, reports, verdicts, replay)


def stated(row: Row) -> Mapping[str, tuple[FigureValue, str]]:
    """Return what the page states of the area, by cell: the value and the qualifier."""
    found: dict[str, tuple[FigureValue, str]] = {}
    for cell, it in (pair for entered in row.reports for pair in entered.figures.items()):
        value, qualifier = (it.value, it.qualifier) if isinstance(it, Qualified) else (it, "exact")
        found[cell] = value, qualifier
    return found | {cell: (value, "exact") for cell, value in row.totals.items()}


def period_of(days: Window) -> Period:
    """Return the period that has exactly these days: of the calendar, else of our own regime."""
    for kind in KINDS:
        for its in periods_of_year("cal", kind, days.last.year):
            if its.span == days.span:
                return its
    return window(REGIME, days.first, days.last)


def _regime(rows: Iterable[Row]) -> Mapping[str, object]:
    """Return a regime that has the windows of the rows which are no calendar periods."""
    rule = {
        "code": f"{REGIME}.5wd",
        "working_days_after_close": 5,
        "hour": "17:00",
        "source": "tests/corpus",
        "state": "default",
    }
    stages = [
        {"first": str(it.first_day), "last": str(it.last_day), "label": label_vi(it)}
        for it in sorted({period_of(row.window) for row in rows})
        if it.is_window
    ]
    return {
        "code": REGIME,
        "label_vi": "Kết quả đã công bố",
        "obligatory": True,
        "rules": [rule],
        "stages": stages,
    }


def _committee(province: str) -> Mapping[str, object]:
    """Return a committee that asks all bodies of its province for what they can report."""
    asked = {
        "F01": ["district", "agency"],
        "F02": ["organisation"],
        "F03": ["organisation"],
        "F05": ["province"],
    }
    return {
        "key": f"bcd{province.replace('.', '')}",
        "name_vi": "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở tỉnh",
        "area": province,
        "programmes": ["dan_chu_co_so", "dan_van_kheo"],
        "letter_style": "party",
        "mandates": [
            {"form": form, "levels": levels, "document": "tests/corpus"}
            for form, levels in asked.items()
        ],
    }


def _body(area: Unit, by: str) -> Unit:
    """Return a body of an area; it ends with the area."""
    end, level, kind, name = _BODIES[by]
    key = f"{area.key}.{end}"
    return Unit(key, key, level, kind, f"{name} {area.name}", area.key, None, area.valid_to)


def _report(row: Row, entered: Entered, period: Period, world: World) -> Report:
    form = world.reference.catalogue.form(entered.form, period)
    assert form is not None, (row.id, entered.form)
    figures: dict[str, FigureValue] = {}
    qualifiers: dict[str, str] = {}
    for cell, it in entered.figures.items():
        if isinstance(it, Qualified):
            figures[cell], qualifiers[cell] = it.value, it.qualifier
        else:
            figures[cell] = it
    whole = complete(figures, form, world.reference.catalogue)
    body = "" if entered.by == "area" else f".{_BODIES[entered.by][0]}"
    unit = entered.unit or f"{row.area.key}{body}"
    return Report(unit, entered.form, period.code, whole, qualifiers)
