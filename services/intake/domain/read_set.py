"""
What a batch loads before it is judged: the keys to read, the report series to lock.

Whoever writes a report locks its series, and the series of the units into which its unit passed
later. So a report and everything that it is held against stand still together: the unit's own
other periods under its own lock, the closing stocks of its predecessors under its own lock too. Its
reports on other forms are locked by their own series.
"""

from collections.abc import Iterable

from services.intake.domain.history import HistoryPart
from services.intake.domain.loaded_state import ReadSet
from services.intake.domain.parsing import ParsedSubmission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import history_read_by
from services.intake.domain.sources import (
    area_closings,
    backlog_queries,
    ended_areas,
    following,
    handover_closings,
    handovers_from_area,
    opened_by,
    opening_sources,
    other_forms,
    other_handovers,
    year_before,
)
from services.intake.domain.state import HandoverKey, ReportSeries
from shared.contracts.reports import HandoverSubmitted
from shared.reference.slots import Slot


def read_set_of(submissions: Iterable[ParsedSubmission], context: RuleContext) -> ReadSet:
    """Return the keys of a batch; unknown units, forms and periods get a verdict but no slot."""
    read_set = ReadSet()
    for parsed in submissions:
        read_set.events.add((parsed.raw.source, parsed.raw.event_id))
        report = parsed.report
        if report is None or not context.is_slot(report.unit, report.form, report.period):
            continue
        slot = Slot(report.unit, report.form, report.period)
        read_set.parked.add(slot)
        if isinstance(report, HandoverSubmitted):
            key = HandoverKey(report.unit, report.form, report.effective_on)
            _add_handover(read_set, key, report, context)
        else:
            _add_report(read_set, slot, context)
            _add_history(read_set, slot, history_read_by(report), context)
    return read_set


def _add_report(read_set: ReadSet, slot: Slot, context: RuleContext) -> None:
    """Add the slot, the locks, and the reports that may be questioned once it has changed."""
    period_context = context.period_context(slot.form, slot.period)
    if period_context is None:
        return
    read_set.slots.add(slot)
    read_set.series.add(ReportSeries(slot.unit, slot.form))
    first_day = period_context.period.first_day
    for heir, _ in context.reorganisations.heirs_after(slot.unit, first_day):
        read_set.series.add(ReportSeries(heir, slot.form))
    _add_dependents(read_set, following(slot, context), context)


def _add_history(
    read_set: ReadSet, slot: Slot, parts: Iterable[HistoryPart], context: RuleContext
) -> None:
    """Add what the rules read beside a report."""
    if HistoryPart.OPENING in parts:
        _add_opening(read_set, slot, context)
    if HistoryPart.BACKLOG in parts:
        read_set.backlogs.update(backlog_queries(slot, context))
    if HistoryPart.OTHER_FORMS in parts:
        for other in other_forms(slot, context):
            read_set.slots.add(other)
            read_set.series.add(ReportSeries(other.unit, other.form))
    if HistoryPart.NESTED in parts:
        read_set.nested.add(slot)
    then = year_before(slot, context) if HistoryPart.YEAR_BEFORE in parts else None
    if then is not None:
        read_set.slots.add(then)


def _add_handover(
    read_set: ReadSet, key: HandoverKey, report: HandoverSubmitted, context: RuleContext
) -> None:
    """
    Add a handover, those that share its sources, the closings it is held against.

    The series of an area that it names is locked: so two that name it are judged one by one.
    """
    period = report.period
    handovers = [key, *other_handovers(key, context)]
    read_set.handovers.update(handovers)
    read_set.series.update(ReportSeries(it.unit, it.form) for it in handovers)
    for candidates in handover_closings(key, period, context):
        read_set.slots.update(candidates)
    for area in set(ended_areas(key, context)).intersection(report.from_areas):
        read_set.slots.update(area_closings(key, area, period, context))
        read_set.handovers.update(handovers_from_area(key, area, context))
        read_set.series.add(ReportSeries(area, key.form))
    _add_dependents(read_set, opened_by(key, context), context)


def _add_dependents(read_set: ReadSet, slots: Iterable[Slot], context: RuleContext) -> None:
    """Add reports that may rest on a change, and what else each of them rests on."""
    for slot in slots:
        read_set.slots.add(slot)
        _add_opening(read_set, slot, context)


def _add_opening(read_set: ReadSet, slot: Slot, context: RuleContext) -> None:
    sources = opening_sources(slot, context)
    if sources is None:
        return
    read_set.slots.update(sources.slots)
    if sources.handover is not None:
        read_set.handovers.add(sources.handover)
