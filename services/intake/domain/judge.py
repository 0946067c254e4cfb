"""judge: everything that the rules have to say about one submission, and what it would count."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.intake.domain.case import Case, lay_out, to_smallest_units
from services.intake.domain.history import NO_HISTORY, UnitHistory
from services.intake.domain.parking import not_judgeable
from services.intake.domain.parsing import ParsedSubmission, SubmissionEvent
from services.intake.domain.rule_context import CompiledForm, RuleContext
from services.intake.domain.rules import rules_of
from services.intake.domain.violations import Violation
from shared.contracts.reports import ReportSubmitted
from shared.contracts.values import COUNT_MAX
from shared.reference.deadlines import Due
from shared.reference.figures import to_wire


@dataclass(frozen=True, slots=True)
class ValidatedReport:
    """
    What a submission without objections counts for.

    ``figures`` are those sent, in form order, written canonically; ``figures_hash`` is the same
    for reports that mean the same, so absent and null are one, and "89.5" is "89.50".
    """

    report: SubmissionEvent
    unit_type: str
    path: tuple[str, ...]
    form_version: int
    figures: Mapping[str, int | str | None]
    amounts: Mapping[str, int | None]
    """The same in the smallest unit."""
    figures_hash: bytes
    backlog: int
    carried_in: int | None
    due: Due


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    All violations at once; ``validated`` is None when one of them refuses the submission.

    It is None too when the submission cannot be judged by the reference data in force; ``parked``
    says why then.
    """

    violations: tuple[Violation, ...]
    validated: ValidatedReport | None
    parked: Violation | None = None


def judge(
    parsed: ParsedSubmission, context: RuleContext, history: UnitHistory = NO_HISTORY
) -> Verdict:
    """
    Apply every rule to a submission.

    *history* holds the unit's other periods; what is missing there violates no rule.
    """
    report = parsed.report
    if report is None:
        return Verdict(parsed.violations, None)
    case = lay_out(report, parsed.raw.received_at, history, context)
    violations = tuple(_violations(case))
    if any(it.severity == "reject" for it in violations):
        return Verdict(violations, None)
    why = not_judgeable(report, case.period, context) if case.period else None
    return Verdict(violations, None if why else _validated(case), why)


def _violations(case: Case) -> Iterator[Violation]:
    """Apply the rules; what only asks for a note is dropped where the report has one."""
    for rule in rules_of(case):
        for violation in rule.check(case):
            if rule.severity != "needs_note" or not _has_note(case.report):
                yield replace(violation, severity=rule.severity)


def _has_note(report: SubmissionEvent) -> bool:
    return isinstance(report, ReportSubmitted) and bool(report.note and report.note.strip())


def _validated(case: Case) -> ValidatedReport:
    unit, period, compiled = case.unit, case.period, case.compiled
    if unit is None or period is None or compiled is None:
        raise LookupError("a rule let an unknown unit, form or period pass")
    due = case.context.when_due(case.report.form, period, unit.key)
    if due is None:
        raise LookupError("a form that is in force for a period is due some day")
    ordered = _in_form_order(compiled, case.units)
    return ValidatedReport(
        report=case.report,
        unit_type=unit.type,
        path=case.context.directory.path(unit.key, period.last_day),
        form_version=compiled.form.version,
        figures=_on_the_wire(compiled, ordered),
        amounts=ordered,
        figures_hash=_figures_hash(compiled, ordered, case),
        backlog=_backlog(compiled, case),
        carried_in=case.exact(compiled.backlog.carried_in) if compiled.backlog else None,
        due=due,
    )


def canonical_figures(
    report: ReportSubmitted, compiled: CompiledForm
) -> dict[str, int | str | None]:
    """Return the figures of an accepted report as they are published: in form order, canonical."""
    units, _ = to_smallest_units(compiled, report.figures, report.entered_in)
    return _on_the_wire(compiled, _in_form_order(compiled, units))


def _on_the_wire(
    compiled: CompiledForm, ordered: Mapping[str, int | None]
) -> dict[str, int | str | None]:
    return {key: to_wire(it, compiled.scales[key]) for key, it in ordered.items()}


def _in_form_order(
    compiled: CompiledForm, units: Mapping[str, int | None]
) -> dict[str, int | None]:
    return {key: units[key] for key in sorted(units, key=compiled.form.position.__getitem__)}


def _figures_hash(compiled: CompiledForm, ordered: Mapping[str, int | None], case: Case) -> bytes:
    stated = [
        (key, value, case.qualifiers.get(key))
        for key, value in ordered.items()
        if value is not None
    ]
    version = compiled.form.oldest_with(key for key, _, _ in stated)
    return hashlib.sha256(f"{version}{stated}".encode()).digest()


def _backlog(compiled: CompiledForm, case: Case) -> int:
    """
    Return what arose less what was settled; what is not reported leaves nothing behind.

    "More than" and "about" leave nobody knows how much, and so enough for whatever is settled.
    """
    if compiled.backlog is None:
        return 0
    if not case.qualifiers.keys().isdisjoint(compiled.backlog):
        return COUNT_MAX
    arisen, settled = map(case.units.get, compiled.backlog[:2])
    return 0 if arisen is None else arisen - (settled or 0)
