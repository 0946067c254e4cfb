"""All rules, in the order in which a sender reads their findings; docs/DOMAIN.md lists them."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from services.intake.domain.case import Case
from services.intake.domain.history import HistoryPart
from services.intake.domain.parsing import SubmissionEvent
from services.intake.domain.rule import Rule
from services.intake.domain.rules import (
    boards,
    cases,
    cells,
    figures,
    funnels,
    history,
    openings,
    plausible,
    slots,
    windows,
)
from shared.contracts.reports import (
    HandoverSubmitted,
    ReportSubmitted,
    ReportWithdrawalRequested,
)
from shared.reference.periods import Period

_SELECTIONS_REMEMBERED = 4096
_NO_CELLS = frozenset[str]()

RULES_OF_SLOTS: tuple[Rule, ...] = (
    slots.unknown_unit,
    slots.unknown_form,
    slots.unknown_period,
    slots.form_not_for_period,
    slots.unit_outside_regime,
    slots.unit_not_alive,
    slots.future_period,
)
"""What must hold for everything that states figures."""

_RULES_OF_UNITS = (slots.unit_not_alive, slots.unit_outside_regime)
RULES_OF_WITHDRAWALS = tuple(it for it in RULES_OF_SLOTS if it not in _RULES_OF_UNITS)
"""
What must hold for a withdrawal.

When the directory learns later that a unit did not exist, or that a regime does not hold for it,
its report must not stay for ever.
"""

RULES_OF_HANDOVERS: tuple[Rule, ...] = (
    *RULES_OF_SLOTS,
    cells.unknown_cell,
    cells.wrong_kind,
    cells.not_exact,
)
"""What must hold for the openings of a handover, before they are held against their sources."""

RULES: tuple[Rule, ...] = (
    *RULES_OF_SLOTS,
    slots.unit_not_obliged,
    slots.period_still_runs,
    cells.unknown_cell,
    cells.code_not_in_force,
    cells.not_additive,
    cells.wrong_kind,
    cells.not_exact,
    cells.amount_too_large,
    cells.read_as_decimal,
    cells.missing_required,
    cells.empty_report,
    cells.qualifier_without_figure,
    cells.entered_in_without_figure,
    cells.entered_in_wrong_kind,
    figures.stock_balance,
    figures.removed_within_available,
    openings.boards_balance,
    openings.opening_equals_closing,
    openings.opening_equals_handover,
    openings.opening_equals_predecessors,
    openings.opening_above_predecessors,
    openings.opening_needs_handover,
    figures.split_sums_to_total,
    figures.parts_short_of_total,
    boards.combined_is_sum,
    funnels.petition_funnel,
    funnels.part_within_whole,
    cases.resolved_within_detected,
    cases.carried_in_not_stated,
    cases.carried_in_not_known,
    cases.carried_in_agrees,
    funnels.recommendations_resolved,
    cases.rate_agrees,
    figures.recognised_within_total,
    boards.pib_boards_of_commune,
    boards.pib_members_before_2023,
    boards.pib_members,
    boards.pib_members_of_agency,
    boards.cisb_members,
    figures.score_bounds,
    figures.rank_bounds,
    figures.category_bounds,
    figures.yes_or_no,
    funnels.attendances_without_sessions,
    funnels.violations_within_supervisions,
    funnels.violations_recommended,
    funnels.visits_within_persons,
    history.yearly_dialogue,
    history.staff_conference_held,
    history.staff_conferences_of_schools,
    history.jump,
    plausible.hard_to_believe,
    plausible.old_encoding_of_note,
    history.same_figure_on_other_form,
    windows.parts_agree_with_whole,
)
"""What must hold for figures; only a violation of severity "reject" refuses a report."""


_RULES: Mapping[type[SubmissionEvent], tuple[Rule, ...]] = {
    ReportSubmitted: RULES,
    ReportWithdrawalRequested: RULES_OF_WITHDRAWALS,
    HandoverSubmitted: RULES_OF_HANDOVERS,
}


_HISTORY_READS = frozenset(it.reads for it in RULES if it.reads)


def history_read_by(report: SubmissionEvent) -> frozenset[HistoryPart]:
    """Return what the rules read beside a submission: to be loaded before, and looked up then."""
    if not isinstance(report, ReportSubmitted):
        return frozenset()
    return frozenset(it.part for it in _HISTORY_READS if it.needed(report))


def rules_for(period: Period) -> tuple[Rule, ...]:
    """Return the rules for what is reported of a period: those in force on its last day."""
    return _in_force(ReportSubmitted, period.last_day)


def rules_of(case: Case) -> tuple[Rule, ...]:
    """
    Return the rules that can be violated by a submission.

    Without a known period or form only those remain that need neither.
    """
    day, compiled = None if case.period is None else case.period.last_day, case.compiled
    cells = compiled.cells if compiled else _NO_CELLS
    selected = _selected(type(case.report), day, cells)
    return tuple(it for it in selected if it.applies_if is None or it.applies_if(case))


@lru_cache(maxsize=_SELECTIONS_REMEMBERED)
def _in_force(kind: type[SubmissionEvent], day: date | None) -> tuple[Rule, ...]:
    return tuple(it for it in _RULES[kind] if (it.dateless if day is None else it.in_force(day)))


@lru_cache(maxsize=_SELECTIONS_REMEMBERED)
def _selected(
    kind: type[SubmissionEvent], day: date | None, cells_of_form: frozenset[str]
) -> tuple[Rule, ...]:
    """Select once for all reports of a form and a day what does not depend on their figures."""
    return tuple(it for it in _in_force(kind, day) if cells_of_form.issuperset(it.cells))
