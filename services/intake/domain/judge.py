"""judge: everything that the rules have to say about one submission, and what it would count."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.case import Case, lay_out
from services.intake.domain.history import UNKNOWN, History
from services.intake.domain.parsing import Reading, Report
from services.intake.domain.rule_context import BACKLOGS, Knowledge, Plan
from services.intake.domain.rules import rules_of
from services.intake.domain.violations import Remark
from shared.contracts.reports import ReportSubmitted
from shared.contracts.values import COUNT_MAX
from shared.reference.deadlines import Due
from shared.reference.figures import to_wire


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
    amounts: Mapping[str, int | None]
    """The same in the smallest unit."""
    figures_hash: bytes
    backlog: int
    due: Due


@dataclass(frozen=True, slots=True)
class Verdict:
    """All remarks at once; ``standing`` is None when one of them refuses the submission."""

    remarks: tuple[Remark, ...]
    standing: Standing | None


def judge(reading: Reading, knowledge: Knowledge, history: History = UNKNOWN) -> Verdict:
    """
    Apply every rule to a submission.

    *history* is what the unit's other periods say; of what it does not know no rule speaks.
    """
    report = reading.report
    if report is None:
        return Verdict(reading.remarks, None)
    case = lay_out(report, reading.arrived.received_at, history, knowledge)
    remarks = tuple(_remarks(case))
    if any(it.severity == "reject" for it in remarks):
        return Verdict(remarks, None)
    return Verdict(remarks, _standing(case))


def standing_of(report: ReportSubmitted, received_at: datetime, knowledge: Knowledge) -> Standing:
    """Return what a report counts for that was accepted once; the rules are not asked again."""
    return _standing(lay_out(report, received_at, UNKNOWN, knowledge))


def asks_for_history(report: Report | None) -> bool:
    """Tell whether rule R5 can only be decided with what earlier periods left unsettled."""
    if not isinstance(report, ReportSubmitted):
        return False
    pairs = [(report.figures.get(a), report.figures.get(b)) for a, b in BACKLOGS]
    return any(isinstance(a, int) and isinstance(b, int) and b > a for a, b in pairs)


def _remarks(case: Case) -> Iterator[Remark]:
    """Apply the rules; what only asks for a note is dropped where the report has one."""
    for rule in rules_of(case):
        for remark in rule.check(case):
            if rule.severity != "needs_note" or not _has_note(case.report):
                yield replace(remark, severity=rule.severity)


def _has_note(report: Report) -> bool:
    return isinstance(report, ReportSubmitted) and bool(report.note and report.note.strip())


def _standing(case: Case) -> Standing:
    unit, period, plan = case.unit, case.period, case.plan
    if unit is None or period is None or plan is None:
        raise LookupError("a rule let an unknown unit, form or period pass")
    due = case.knowledge.when_due(case.report.form, period, unit.key)
    if due is None:
        raise LookupError("a form that is in force for a period is due some day")
    ordered = _in_form_order(plan, case.units)
    return Standing(
        report=case.report,
        unit_type=unit.type,
        path=case.knowledge.directory.path(unit.key, period.last_day),
        form_version=plan.form.version,
        figures={key: to_wire(it, plan.scales[key]) for key, it in ordered.items()},
        amounts=ordered,
        figures_hash=_figures_hash(plan, ordered, case),
        backlog=_backlog(plan, case),
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


def _backlog(plan: Plan, case: Case) -> int:
    """
    Return what arose less what was settled; what is not reported leaves nothing behind.

    "More than" and "about" leave nobody knows how much, and so enough for whatever is settled.
    """
    if plan.backlog is None:
        return 0
    if not case.qualifiers.keys().isdisjoint(plan.backlog):
        return COUNT_MAX
    arisen, settled = (case.units.get(cell) for cell in plan.backlog)
    return 0 if arisen is None else arisen - (settled or 0)
