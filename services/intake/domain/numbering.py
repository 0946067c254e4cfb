"""
fold: number the revisions of a batch, so that every submission is decided exactly once.

The same event with the same content gets its first receipt again. Another content under a used
event id is refused. The same figures under a new id change nothing. All else is a new revision of
its slot; withdrawals take one too, and handovers number their own. What comes out depends on the
order of arrival only, never on how submissions were cut into batches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.intake.domain.entries import entry_of, refused
from services.intake.domain.handovers import recorded, violations_in
from services.intake.domain.history import NO_HISTORY
from services.intake.domain.judge import ValidatedReport, Verdict, judge
from services.intake.domain.loaded_state import LoadedState
from services.intake.domain.parking import JUDGEMENT_FAILED, WAITS_FOR_EARLIER
from services.intake.domain.parsing import ParsedSubmission
from services.intake.domain.questions import (
    notice,
    questions_about,
    questions_about_handover,
    watch_handover,
    watch_report,
)
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import (
    ContentKey,
    Handover,
    HandoverKey,
    JournalEntry,
    OpenQuestion,
    ParkedSubmission,
    SlotState,
)
from services.intake.domain.submissions import SubmissionKind
from services.intake.domain.violations import Renderer, Violation, render_all
from services.intake.domain.working_set import WorkingSet
from shared.contracts.reports import Finding, HandoverSubmitted, ReportSubmitted
from shared.reference.periods import VIETNAM
from shared.reference.slots import Slot
from shared.reference.vietnamese import date_short


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """
    What became of one submission.

    ``validated`` is there when the slot changed, and so the report must be published.
    ``repeated`` tells that the entry was in the journal already, or is parked already.
    ``questions`` go to those whose reports no longer fit. ``parked`` is there when it has no
    verdict yet; then the entry is no line of the journal.
    """

    entry: JournalEntry
    validated: ValidatedReport | None = None
    repeated: bool = False
    questions: tuple[OpenQuestion, ...] = ()
    parked: ParkedSubmission | None = None


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """One outcome per submission, in order, and what is to be stored."""

    all: tuple[SubmissionOutcome, ...]
    entries: tuple[JournalEntry, ...]
    slots: tuple[SlotState, ...]
    handovers: tuple[Handover, ...]
    parked: tuple[ParkedSubmission, ...] = ()
    no_longer_parked: tuple[ContentKey, ...] = ()

    @property
    def questions(self) -> tuple[OpenQuestion, ...]:
        """All questions that the batch raises."""
        return tuple(question for it in self.all for question in it.questions)


def fold(
    loaded: LoadedState,
    submissions: Iterable[ParsedSubmission],
    context: RuleContext,
    render: Renderer,
) -> BatchOutcome:
    """Decide a batch in order of arrival, given what journal and slots hold."""
    working_set = WorkingSet(loaded, context)
    decided = tuple(_decide(working_set, parsed, render) for parsed in submissions)
    return BatchOutcome(
        decided,
        tuple(working_set.added),
        working_set.changed_slots,
        working_set.changed_handovers,
        tuple(working_set.newly_parked.values()),
        tuple(working_set.no_longer_parked),
    )


def _decide(
    working_set: WorkingSet, parsed: ParsedSubmission, render: Renderer
) -> SubmissionOutcome:
    raw = parsed.raw
    event = raw.source, raw.event_id
    own = ContentKey(*event, parsed.content_hash)
    waiting = working_set.parked_under(event)
    again = raw.parked and any(it.key == own for it in waiting)
    known = [] if again else [*(it.entry for it in waiting), *working_set.entries_under(event)]
    for entry in known:
        if entry.content_hash == parsed.content_hash:
            return SubmissionOutcome(entry, repeated=True)
    if known:
        outcome = SubmissionOutcome(refused(parsed, [render(_conflict(known[0]))]))
    else:
        outcome = _judged_or_parked(working_set, parsed, render)
    if outcome.parked is not None:
        working_set.park(outcome.parked)
        return replace(outcome, repeated=again)
    working_set.unpark(own)
    working_set.add(outcome.entry)
    return outcome


def _judged_or_parked(
    working_set: WorkingSet, parsed: ParsedSubmission, render: Renderer
) -> SubmissionOutcome:
    """Judge; a submission that cannot be judged for a fault of ours holds up no other."""
    working_set.begin()
    try:
        return _judged(working_set, parsed, render)
    except Exception as problem:  # noqa: BLE001 - whatever a rule raises concerns one submission
        working_set.undo()
        return _parked(parsed, render(JUDGEMENT_FAILED), repr(problem))


def _not_yet(
    working_set: WorkingSet, parsed: ParsedSubmission, verdict: Verdict
) -> Violation | None:
    """Return why a submission that breaks no rule has to wait."""
    key = slot_key(parsed)
    earlier = None if key is None or verdict.validated is None else working_set.parked_for(key)
    own = ContentKey(parsed.raw.source, parsed.raw.event_id, parsed.content_hash)
    return verdict.parked or (WAITS_FOR_EARLIER if earlier and earlier.key != own else None)


def _judged(
    working_set: WorkingSet, parsed: ParsedSubmission, render: Renderer
) -> SubmissionOutcome:
    key, report = slot_key(parsed), parsed.report
    if isinstance(report, HandoverSubmitted):
        return _handed_over(working_set, parsed, report, render)
    verdict = judge(
        parsed, working_set.context, working_set.history(report) if report else NO_HISTORY
    )
    findings = render_all(verdict.violations, render)
    not_yet = _not_yet(working_set, parsed, verdict)
    if not_yet is not None:
        return _parked(parsed, render(not_yet))
    if key is None or verdict.validated is None:
        return SubmissionOutcome(refused(parsed, findings))
    slot = working_set.slot(key)
    if parsed.raw.kind is SubmissionKind.WITHDRAWAL:
        objection = _objection(parsed, slot)
        if objection is not None:
            return SubmissionOutcome(refused(parsed, [*findings, render(objection)]))
        after = SlotState(key, slot.revision + 1, content_revision=slot.revision + 1)
    elif slot.figures_hash == verdict.validated.figures_hash:
        return SubmissionOutcome(
            entry_of(parsed, findings, slot, verdict.validated, unchanged=True)
        )
    else:
        after = _filled(slot, parsed, verdict.validated, working_set.context)
    watched = watch_report(working_set, key)
    working_set.change(after)
    questions = questions_about(working_set, after, watched, parsed.raw.received_at, render)
    findings += [render(notice(working_set, it)) for it in questions]
    entry = entry_of(parsed, findings, after, verdict.validated)
    return SubmissionOutcome(entry, verdict.validated, questions=tuple(questions))


def _handed_over(
    working_set: WorkingSet, parsed: ParsedSubmission, report: HandoverSubmitted, render: Renderer
) -> SubmissionOutcome:
    verdict = judge(parsed, working_set.context)
    not_yet = _not_yet(working_set, parsed, verdict)
    if not_yet is not None:
        return _parked(parsed, render(not_yet))
    if verdict.validated is None:
        return SubmissionOutcome(refused(parsed, [render(it) for it in verdict.violations]))
    violations = [*verdict.violations, *violations_in(report, verdict.validated, working_set)]
    findings = render_all(violations, render)
    if any(it.severity == "reject" for it in violations):
        return SubmissionOutcome(refused(parsed, findings))
    key = HandoverKey(report.unit, report.form, report.effective_on)
    before = working_set.handover(key)
    compiled = working_set.context.compiled_version(report.form, verdict.validated.form_version)
    after = recorded(report, verdict.validated, before, compiled)
    questions: list[OpenQuestion] = []
    if after != before:
        watched = watch_handover(working_set, after)
        working_set.change_handover(after)
        at = parsed.raw.received_at
        questions = questions_about_handover(working_set, after, watched, at, render)
        findings += [render(notice(working_set, it)) for it in questions]
    stands_for = SlotState(Slot(report.unit, report.form, report.period), after.revision)
    entry = entry_of(parsed, findings, stands_for, verdict.validated, unchanged=after == before)
    return SubmissionOutcome(entry, questions=tuple(questions))


def slot_key(parsed: ParsedSubmission) -> Slot | None:
    """Name the slot that a well-formed submission is about."""
    report = parsed.report
    return None if report is None else Slot(report.unit, report.form, report.period)


def _filled(
    slot: SlotState, parsed: ParsedSubmission, validated: ValidatedReport, context: RuleContext
) -> SlotState:
    """Put new figures into a slot; lateness is judged when it was empty, and only then."""
    received_at, due = parsed.raw.received_at, validated.due
    first = not slot.filled
    return SlotState(
        key=slot.key,
        revision=slot.revision + 1,
        figures_hash=validated.figures_hash,
        first_received_at=received_at if first else slot.first_received_at,
        due_at=due.at if first else slot.due_at,
        deadline_rule=due.rule_code if first else slot.deadline_rule,
        on_time=due.on_time(received_at) if first else slot.on_time,
        backlog=validated.backlog,
        carried_in=validated.carried_in,
        figures=_exact(validated, context),
        form_version=validated.form_version,
        source=parsed.raw.source,
        event_id=parsed.raw.event_id,
        content_revision=slot.revision + 1,
    )


def _exact(validated: ValidatedReport, context: RuleContext) -> tuple[int | None, ...] | None:
    """Lay the figures out in the order of the form's cells; "more than" a number is none here."""
    report = validated.report
    period_context = context.period_context(report.form, report.period)
    if (
        period_context is None
        or period_context.compiled is None
        or not isinstance(report, ReportSubmitted)
    ):
        return None
    stated = validated.amounts
    if report.qualifiers:
        stated = {k: v for k, v in stated.items() if k not in report.qualifiers}
    return tuple(map(stated.get, period_context.compiled.form.position))


def _objection(parsed: ParsedSubmission, slot: SlotState) -> Violation | None:
    """Tell why a withdrawal withdraws nothing."""
    meant = parsed.raw.revision
    if not slot.filled:
        return Violation("nothing_to_withdraw", "period")
    if meant is not None and not slot.holds(meant):
        return Violation("superseded", "period", {"meant": meant, "now": slot.revision})
    return None


def _conflict(first: JournalEntry) -> Violation:
    day = date_short(first.received_at.astimezone(VIETNAM).date())
    return Violation("event_id_conflict", "event_id", {"event_id": first.event_id, "day": day})


def _parked(parsed: ParsedSubmission, why: Finding, detail: str = "") -> SubmissionOutcome:
    entry = replace(refused(parsed, [why]), verdict="parked")
    raw = parsed.raw
    parked = ParkedSubmission(entry, raw.time_required, raw.revision, detail)
    return SubmissionOutcome(entry, parked=parked)
