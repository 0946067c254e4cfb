"""From what units send to what people read, through the pure cores alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from services.aggregator.app import load_messages
from services.aggregator.domain.fold import fold
from services.aggregator.domain.reporters import FormReporters, Reporters, ReportGroup
from services.aggregator.domain.reports import Revision
from services.aggregator.domain.rollup import ComputedFigure, FigureSelection, compute_figures
from services.aggregator.domain.stated_figures import PeriodTotals, StatedFigures, amounts
from services.aggregator.domain.totals import TotalKey, Totals, settle
from services.aggregator.usecases.figures import FigureWriter
from services.intake.domain.judge import ValidatedReport
from shared.contracts.event import derived_id
from shared.contracts.reports import ReportAccepted, ReportSubmitted
from shared.contracts.totals import Figure
from shared.reference.directory import Unit
from shared.reference.periods import Period
from tests.builders.accepted_reports import revision_of
from tests.golden.world import RECEIVED_AT, World
from tools.demo.articles import Article, sample_units
from tools.demo.reports import Report, reports_of


@dataclass(frozen=True)
class Replay:
    """All reports of an article, judged and counted."""

    world: World
    area: str
    reports: tuple[Report, ...]
    severities: Mapping[str, str]
    """What the rules said, by code."""
    revisions: tuple[Revision, ...]

    @cached_property
    def totals(self) -> Mapping[TotalKey, Totals]:
        """What the reports add up to."""
        change = fold({}, self.revisions, self.world.layouts)
        return settle({}, change.moves, self.world.layouts)

    def stated(self, first: Period, last: Period) -> StatedFigures:
        """Return what was reported for the area and some periods."""
        layouts, periods = self.world.layouts, self.world.reference.regimes.between(first, last)
        totals = [
            PeriodTotals(layouts.require(key.form, key.period), it, totals)
            for key, totals in self.totals.items()
            for it in periods
            if key.area == self.area and key.period == it.code
        ]
        return StatedFigures(amounts(totals, self.world.reference.catalogue))

    def compute_figures(self, first: Period, last: Period) -> Mapping[str, ComputedFigure]:
        """Answer for the area and some periods, by cell."""
        catalogue, layouts = self.world.reference.catalogue, self.world.layouts
        periods = self.world.reference.regimes.between(first, last)
        asked = {
            (form, it): layout
            for it in periods
            for form in sorted({form.code for form in catalogue.forms})
            if (layout := layouts.of(form, it.code))
        }
        filed = [
            FormReporters(layout, it, self._owing(form, it), self._filed(form, it))
            for (form, it), layout in asked.items()
        ]
        each_once = {id(it): it for it in asked.values()}
        selection = FigureSelection(catalogue, periods, list(each_once.values()))
        figures = compute_figures(selection, self.stated(first, last), Reporters(filed))
        return {it.cell.key: it for it in figures}

    def figures(self, first: Period, last: Period) -> Mapping[str, Figure]:
        """Answer as readers get it."""
        writer = FigureWriter(load_messages())
        return {cell: writer.figure(it) for cell, it in self.compute_figures(first, last).items()}

    def _owing(self, form: str, its: Period) -> frozenset[str]:
        version = self.world.reference.catalogue.form(form, its)
        assert version is not None
        owing = self.world.reference.directory.owing(version, its, self.area)
        return frozenset(it.key for it in owing)

    def _filed(self, form: str, its: Period) -> list[ReportGroup]:
        units: dict[frozenset[int], set[str]] = defaultdict(set)
        for it in self.revisions:
            if (it.slot.form, it.slot.period) == (form, its.code) and it.counted.figures:
                missing = {n for n, value in enumerate(it.counted.figures) if value is None}
                units[frozenset(missing)].add(it.slot.unit)
        return [ReportGroup(frozenset(its_units), missing) for missing, its_units in units.items()]


def replay(article: Article, world: World) -> Replay:
    """
    Judge and count every report of an article; its units stand in for those below its area.

    Raises AssertionError when a rule refuses one: the figures of an article are all admissible.
    """
    directory = world.reference.directory
    replaced = {it.key for it in directory.below(article.area)}
    units: list[Unit] = [
        state
        for unit in directory
        if unit.key not in replaced
        for state in directory.states(unit.key)
    ]
    place = world.with_units([*units, *sample_units(article)])
    reports = tuple(reports_of(article, world.reference.catalogue))
    verdicts = [(it, place.verdict(it)) for it in reports]
    refused = [(it, found.violations) for it, found in verdicts if found.validated is None]
    assert refused == []
    events = [
        accepted_event(it, found.validated) for it, found in verdicts if found.validated is not None
    ]
    return Replay(
        place,
        article.area,
        reports,
        {it.code: it.severity for _, found in verdicts for it in found.violations},
        tuple(revision_of(it, place.layouts) for it in events),
    )


def accepted_event(report: Report, validated: ValidatedReport) -> ReportAccepted:
    assert isinstance(validated.report, ReportSubmitted)
    slot = report.slot
    return ReportAccepted(
        event_id=derived_id("report", *slot),
        occurred_at=RECEIVED_AT,
        source="golden",
        submission_id=derived_id("submission", *slot),
        unit=report.unit,
        unit_type=validated.unit_type,
        path=validated.path,
        form=report.form,
        form_version=validated.form_version,
        period=report.period,
        revision=1,
        figures=dict(validated.figures),
        qualifiers=validated.report.qualifiers,
        received_at=RECEIVED_AT,
        first_received_at=RECEIVED_AT,
        due_at=validated.due.at,
        deadline_rule=validated.due.rule_code,
        on_time=validated.due.at > RECEIVED_AT,
    )


def cells_with_values(figures: Mapping[str, Figure]) -> set[str]:
    """Name the cells that anybody reported."""
    return {cell for cell, it in figures.items() if it.value is not None}
