"""All rules, in the order in which a sender reads their findings."""

from services.intake.domain import rules_of_figures as figures
from services.intake.domain import rules_of_slots as slots
from services.intake.domain.case import Rule

RULES_OF_SLOTS: tuple[Rule, ...] = (
    slots.unknown_unit,
    slots.unknown_form,
    slots.unknown_period,
    slots.form_not_for_period,
    slots.unit_not_alive,
    slots.future_period,
)
"""What must hold for every submission, withdrawals too."""

RULES: tuple[Rule, ...] = (
    *RULES_OF_SLOTS,
    slots.unit_not_obliged,
    figures.unknown_cell,
    figures.not_additive,
    figures.wrong_kind,
    figures.missing_required,
    figures.empty_report,
    figures.qualifier_without_figure,
    figures.stock_balance,
    figures.removed_within_available,
    figures.split_sums_to_total,
    figures.resolved_within_detected,
    figures.rate_agrees,
    figures.recognised_within_total,
    figures.score_bounds,
    figures.rank_bounds,
    figures.category_bounds,
)
"""What must hold for figures; only a remark of severity "reject" refuses a report."""
