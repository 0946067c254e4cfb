"""judge: everything that the rules have to say about one submission, and what it would count."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.intake.domain.case import Case, Rule, lay_out
from services.intake.domain.knowledge import BACKLOGS, Knowledge, Plan
from services.intake.domain.remarks import Remark
from services.intake.domain.rules import RULES, RULES_OF_SLOTS
from services.intake.domain.structure import Reading, Report
from shared.contracts.reports import ReportSubmitted
from shared.domain.deadlines import Due
from shared.domain.figures import to_wire


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a submission without objections counts for.

    ``figures`` are those sent, in form order, written canonically; ``figures_hash`` is the same
    for reports that mean the same, so absent and null are one, and "89.5" is "89.50".
    """

    report: Report
    unit_type: str
    path: tuple[str, ...]
    form_version: int
    figures: Mapping[str, int | str | None]
    figures_hash: bytes
    backlog: int
    due: Due


@dataclass(frozen=True, slots=True)
class Verdict:
    """All remarks at once; ``standing`` is None when one of them refuses the submission."""

    remarks: tuple[Remark, ...]
    standing: Standing | None


def judge(reading: Reading, knowledge: Knowledge, carried_in: int = 0) -> Verdict:
    """
    Apply every rule to a submission.

    *carried_in* is what the unit's earlier periods left unsettled (rule R5).
    """
    report = reading.report
    if report is None:
        return Verdict(reading.remarks, None)
    case = lay_out(report, reading.arrived.received_at, carried_in, knowledge)
    rules = RULES if isinstance(report, ReportSubmitted) else RULES_OF_SLOTS
    remarks = tuple(_apply(rules, case))
    if any(it.severity == "reject" for it in remarks):
        return Verdict(remarks, None)
    return Verdict(remarks, _standing(case))


def asks_for_history(report: Report | None) -> bool:
    """Tell whether rule R5 can only be decided with what earlier periods left unsettled."""
    if not isinstance(report, ReportSubmitted):
        return False
    pairs = [(report.figures.get(a), report.figures.get(b)) for a, b in BACKLOGS]
    return any(isinstance(a, int) and isinstance(b, int) and b > a for a, b in pairs)


def _apply(rules: Iterable[Rule], case: Case) -> Iterable[Remark]:
    for rule in rules:
        yield from rule(case)


def _standing(case: Case) -> Standing:
    due = None
    if case.period is not None:
        due = case.knowledge.when_due(case.report.form, case.period, case.report.unit)
    if case.unit is None or case.plan is None or due is None:
        raise LookupError("a rule let an unknown unit, form or period pass")
    ordered = _in_form_order(case.plan, case.units)
    return Standing(
        report=case.report,
        unit_type=case.unit.type,
        path=case.knowledge.directory.path(case.unit.key),
        form_version=case.plan.form.version,
        figures={key: to_wire(it, case.plan.scales[key]) for key, it in ordered.items()},
        figures_hash=_figures_hash(case.plan, ordered, case),
        backlog=_backlog(case.plan, case.units),
        due=due,
    )


def _in_form_order(plan: Plan, units: Mapping[str, int | None]) -> dict[str, int | None]:
    return {key: units[key] for key in sorted(units, key=plan.form.position.__getitem__)}


def _figures_hash(plan: Plan, ordered: Mapping[str, int | None], case: Case) -> bytes:
    stated = [
        (key, value, case.qualifiers.get(key))
        for key, value in ordered.items()
        if value is not None
    ]
    return hashlib.sha256(f"{plan.form.version}{stated}".encode()).digest()


def _backlog(plan: Plan, units: Mapping[str, int | None]) -> int:
    """Return what arose less what was settled; what is not reported leaves nothing behind."""
    if plan.backlog is None:
        return 0
    arisen, settled = (units.get(cell) for cell in plan.backlog)
    return 0 if arisen is None else arisen - (settled or 0)
