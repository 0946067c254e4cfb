"""The table's sentences as reports: judged, added up and shown by the pure cores."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.aggregator.app import load_messages
from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.usecases.figures import FigureWriter, Since
from services.intake.domain.judge import Verdict
from shared.directory.files import shipped
from shared.directory.loading import build_reference_data
from shared.reference.periods import Period, parse_period
from shared.reference.units import Unit
from tests.articles.table import ReportKey, Sentence
from tests.builders.accepted_reports import revision_of
from tests.golden.replay import Replay, accepted_event
from tests.golden.world import World
from tools.demo.reports import FigureValue, Report, complete

WRITER = FigureWriter(load_messages())

MANDATED = {"F01": ["district", "province"], "F05": ["province"], "F06": ["district"]}
"""What a committee asks of the bodies above the communes, whose figures the articles state."""


def world_of(sentences: Iterable[Sentence]) -> World:
    """Return what ships, with the Fronts that report and the committees that ask."""
    ours = shipped()
    areas = {it.key: it for it in ours.units}
    sentences = list(sentences)
    fronts = {it.reporter: areas[it.unit] for it in sentences if it.by == "front"}
    provinces = {areas[it.unit].parent or it.unit for it in sentences}
    contents = replace(
        ours,
        units=[*ours.units, *(_front(key, area) for key, area in fronts.items())],
        committees=[_committee(it) for it in sorted(provinces)],
        regimes=[*ours.regimes, *_regimes(sentences)],
    )
    return World(build_reference_data(contents))


def objections(sentences: Iterable[Sentence], world: World) -> list[str]:
    """Return what is wrong with some sentences, in words; they are all that anybody reports."""
    sentences = list(sentences)
    found: list[str] = []
    for unit in sorted({it.unit for it in sentences}):
        of_unit = [it for it in sentences if it.unit == unit]
        judged = [(it, world.verdict(it)) for it in _reports(of_unit, world)]
        refused = [(it, verdict) for it, verdict in judged if verdict.validated is None]
        found += [f"{it.slot}: {[v.code for v in its.violations]}" for it, its in refused]
        if not refused:
            answers = _Answers(_replay(unit, judged, world))
            found += [line for it in of_unit for line in _differences(it, answers)]
    return found


@dataclass(frozen=True)
class _Answers:
    """What one area's reports answer for a period, each computed once."""

    replay: Replay
    _known: dict[Period, Mapping[str, ComputedFigure]] = field(default_factory=dict)

    def of(self, period: Period) -> Mapping[str, ComputedFigure]:
        if period not in self._known:
            self._known[period] = self.replay.compute_figures(period, period)
        return self._known[period]


def _front(key: str, area: Unit) -> Unit:
    name = f"Ủy ban Mặt trận Tổ quốc Việt Nam {area.name}"
    return Unit(key, key, "organisation", "mttq", name, area.key, None, area.valid_to)


def _committee(province: str) -> Mapping[str, object]:
    return {
        "key": f"bcd{province.replace('.', '')}",
        "name_vi": "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở tỉnh",
        "area": province,
        "programmes": ["dan_chu_co_so", "dan_van_kheo"],
        "letter_style": "party",
        "mandates": [
            {"form": form, "levels": levels, "document": "tests/articles"}
            for form, levels in MANDATED.items()
        ],
    }


def _regimes(sentences: Iterable[Sentence]) -> Iterator[Mapping[str, object]]:
    """Yield the regime of each committee that reports in windows of its own, with its stages."""
    windows: dict[str, dict[str, Period]] = {}
    areas: dict[str, str] = {}
    for it in sentences:
        period = period_of(it.period)
        if period.is_window:
            windows.setdefault(period.regime, {})[period.code] = period
            areas[period.regime] = it.unit
    for code, its in windows.items():
        yield {
            "code": code,
            "label_vi": "Chế độ báo cáo của Ban Chỉ đạo",
            "area": areas[code],
            "rules": [
                {
                    "code": f"{code}.10wd",
                    "working_days_after_close": 10,
                    "hour": "17:00",
                    "source": "tests/articles",
                    "state": "custom",
                }
            ],
            "stages": [
                {
                    "first": f"{period.first_day}",
                    "last": f"{period.last_day}",
                    "label": f"thời gian đến ngày {period.last_day}, từ {period.first_day}",
                }
                for period in its.values()
            ],
        }


def _reports(sentences: Iterable[Sentence], world: World) -> Iterator[Report]:
    """Yield a report for all sentences of a reporter, form and period that have a figure."""
    sent: dict[ReportKey, list[Sentence]] = {}
    for it in sentences:
        if it.value is not None and not it.computed:
            sent.setdefault(it.key, []).append(it)
    for key, its in sent.items():
        form = world.reference.catalogue.form(key.form, period_of(key.period))
        assert form is not None, key
        stated: dict[str, FigureValue] = {it.cell: it.value for it in its}
        figures = complete(stated, form, world.reference.catalogue)
        qualifiers = {it.cell: it.qualifier for it in its if it.qualifier != "exact"}
        yield Report(*key, figures, qualifiers)


def _replay(unit: str, judged: Sequence[tuple[Report, Verdict]], world: World) -> Replay:
    events = [
        accepted_event(report, verdict.validated)
        for report, verdict in judged
        if verdict.validated is not None
    ]
    revisions = tuple(revision_of(it, world.layouts) for it in events)
    return Replay(world, unit, tuple(it for it, _ in judged), {}, revisions)


def _differences(sentence: Sentence, answers: _Answers) -> Iterator[str]:
    where = f"{sentence.unit} {sentence.period} {sentence.cell}"
    computed = answers.of(period_of(sentence.period)).get(sentence.cell)
    if computed is None:
        yield f"{where}: no such cell"
        return
    figure = WRITER.figure(computed)
    if not _same(figure.value, sentence.value) or figure.qualifier != sentence.qualifier:
        yield f"{where}: {figure.value!r} ({figure.qualifier}), not {sentence.value!r}"
    if figure.display != sentence.display:
        yield f"{where}: shown as {figure.display!r}, not {sentence.display!r}"
    if sentence.compare_with:
        shown = _change(computed, sentence.compare_with, answers)
        if shown != sentence.change:
            yield f"{where}: {shown!r}, not {sentence.change!r}"


def _change(now: ComputedFigure, earlier: str, answers: _Answers) -> str | None:
    period = period_of(earlier)
    since = Since(period, answers.replay.world.reference.regimes.label_vi(period))
    change = WRITER.compared(now, answers.of(period)[now.cell.key], since).change
    return change.display if change else None


def _same(found: int | str | None, stated: int | str | None) -> bool:
    if found is None or stated is None:
        return found is stated
    return Decimal(found) == Decimal(stated)


def period_of(code: str) -> Period:
    """Return a period. Raises ValueError when nobody knows such a code."""
    period = parse_period(code)
    if period is None:
        raise ValueError(code)
    return period
