"""Rules about unit, form and period of a submission. A violation has its rule's name as code."""

from collections.abc import Iterator

from services.intake.domain.case import Case
from services.intake.domain.rule import rule
from services.intake.domain.violations import Violation
from shared.reference.early import is_early
from shared.reference.errors import NoDueInstant
from shared.reference.periods import label_vi, parse_period
from shared.reference.place_names import in_sentence
from shared.reference.vietnamese import date_short


@rule("S1", source="the directory: units and their states", basis="default")
def unknown_unit(case: Case) -> Iterator[Violation]:
    """Refuse a unit that the directory does not hold."""
    if case.unit is None:
        yield Violation("unknown_unit", "unit", {"unit": case.report.unit})


@rule("S2", source="the catalogue: forms.yaml", basis="default")
def unknown_form(case: Case) -> Iterator[Violation]:
    """Refuse a form of which the catalogue holds no version."""
    if case.report.form not in case.context.form_codes:
        yield Violation("unknown_form", "form", {"form": case.report.form})


@rule("S3", source="Decree 09/2019/NĐ-CP Art. 12; the regimes of the directory", basis="law")
def unknown_period(case: Case) -> Iterator[Violation]:
    """Refuse a period that no regime has: the decree's, calendar years', or a committee's own."""
    if case.period is not None:
        return
    values, wording = {"period": case.report.period}, ""
    window = parse_period(case.report.period)
    if window is not None:
        regime = case.context.regimes.get(window.regime)
        wording = "window_not_listed" if regime else "unknown_regime"
        name = regime.label_vi if regime else window.regime
        values = {"period": label_vi(window), "regime": name}
    yield Violation("unknown_period", "period", values, wording=wording)


@rule("S13", source="the directory: the area of a committee's regime", basis="custom")
def unit_outside_regime(case: Case) -> Iterator[Violation]:
    """Refuse a window of a committee from a unit outside the area in which its regime holds."""
    unit, period, directory = case.unit, case.period, case.context.directory
    regime = case.context.regimes.get(period.regime) if period else None
    if unit is None or period is None or regime is None or regime.area is None:
        return
    if not regime.holds_in((unit.key, *directory.path(unit.key, period.last_day))):
        area = directory.get(regime.area, period.last_day)
        values = {
            "regime": regime.label_vi,
            "area": in_sentence(area.name) if area else regime.area,
            "unit": unit.key,
            "name": unit.name,
        }
        yield Violation("unit_outside_regime", "unit", values)


@rule("S4", source="the catalogue: versions and regimes in forms.yaml", basis="default")
def form_not_for_period(case: Case) -> Iterator[Violation]:
    """Refuse a form that is not in force, or not reported for periods of this kind."""
    if case.period is None or case.report.form not in case.context.form_codes:
        return
    if case.compiled is None or not case.context.regimes.takes(case.compiled.form, case.period):
        values = {"form": case.report.form, "period": case.period_label()}
        yield Violation("form_not_for_period", "period", values)


@rule("S5", source="the acts that open and close units, in the directory", basis="law")
def unit_not_alive(case: Case) -> Iterator[Violation]:
    """Refuse a unit that existed on no day of the period; codes are used again after 1/7/2025."""
    unit, period = case.unit, case.period
    if unit is None or period is None:
        return
    if not unit.span.overlaps(period.span):
        values = {"unit": unit.key, "name": unit.name, "period": case.period_label()}
        yield Violation("unit_not_alive", "unit", values)


@rule("S6", source="ours: a period may be reported once it has begun", basis="default")
def future_period(case: Case) -> Iterator[Violation]:
    """Refuse a period that had not begun when we received the report; a running one is fine."""
    if case.period is not None and case.received_at < case.period.opens_at:
        values = {"period": case.period_label(), "day": date_short(case.period.first_day)}
        yield Violation("future_period", "period", values)


@rule(
    "S7",
    "warn",
    source="the catalogue: owed_by in forms.yaml; committees' mandates",
    basis="default",
)
def unit_not_obliged(case: Case) -> Iterator[Violation]:
    """Warn of a form that the unit need not send; it is kept beside the expected reports."""
    if case.unit is None or case.period is None or case.compiled is None:
        return
    if case.unit.type in case.compiled.form.voluntary:
        return
    if not case.context.directory.owes(case.unit.key, case.compiled.form, case.period):
        values = {"unit": case.unit.key, "name": case.unit.name, "form": case.report.form}
        yield Violation("unit_not_obliged", "unit", values)


@rule("S12", "warn", source="ours: what is not over cannot be counted whole", basis="default")
def period_still_runs(case: Case) -> Iterator[Violation]:
    """Warn of a report before its period ends; it counts, and meets the duty."""
    period, unit = case.period, case.unit
    if unit is None or period is None or case.compiled is None:
        return
    if not period.opens_at <= case.received_at < period.closes_at:
        return
    try:
        due = case.context.when_due(case.report.form, period, unit.key)
    except NoDueInstant:
        return  # the submission is parked
    if due is not None and is_early(case.received_at, period, due.at):
        values = {"period": case.period_label(), "day": date_short(period.last_day)}
        yield Violation("period_still_runs", "period", values)
