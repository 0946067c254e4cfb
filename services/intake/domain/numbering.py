"""
fold: number the revisions of a batch, so that every submission is decided exactly once.

The same event with the same content gets its first receipt again. Another content under a used
event id is refused. The same figures under a new id change nothing. All else is a new revision of
its slot; withdrawals take one too, and handovers number their own. What comes out depends on the
order of arrival only, never on how arrivals were cut into batches.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.intake.domain.handovers import recorded, remarks_on
from services.intake.domain.history import UNKNOWN
from services.intake.domain.judge import Standing, judge
from services.intake.domain.parsing import Reading
from services.intake.domain.questions import (
    notice,
    questions_about,
    questions_about_handover,
    watch_handover,
    watch_report,
)
from services.intake.domain.rule_context import Knowledge
from services.intake.domain.state import (
    Entry,
    Handover,
    HandoverKey,
    Holdings,
    Question,
    Slot,
    SlotKey,
)
from services.intake.domain.submissions import Kind
from services.intake.domain.violations import Remark, Say
from services.intake.domain.working_set import Books
from shared.contracts.reports import Finding, HandoverSubmitted, ReportSubmitted

_NO_SLOT = Slot(SlotKey("", "", ""))


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What became of one arrival.

    ``standing`` is there when the slot changed, and so the report must be published.
    ``repeated`` tells that the entry was in the journal already. ``questions`` go to those whose
    reports no longer fit.
    """

    entry: Entry
    standing: Standing | None = None
    repeated: bool = False
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision per arrival, in order, and what is to be stored."""

    all: tuple[Decision, ...]
    entries: tuple[Entry, ...]
    slots: tuple[Slot, ...]
    handovers: tuple[Handover, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions that the batch raises."""
        return tuple(question for it in self.all for question in it.questions)


def fold(
    holdings: Holdings, readings: Iterable[Reading], knowledge: Knowledge, say: Say
) -> Decisions:
    """Decide a batch in order of arrival, given what journal and slots hold."""
    books = Books(holdings, knowledge)
    decided = tuple(_decide(books, reading, say) for reading in readings)
    return Decisions(
        decided,
        tuple(books.added),
        tuple(books.slots[it] for it in books.changed),
        tuple(books.handovers[it] for it in books.changed_handovers),
    )


def _decide(books: Books, reading: Reading, say: Say) -> Decision:
    arrived = reading.arrived
    known = books.known((arrived.source, arrived.event_id))
    for entry in known:
        if entry.content_hash == reading.content_hash:
            return Decision(entry, repeated=True)
    decision = (
        Decision(_refused(reading, [say(_conflict(known[0]))]))
        if known
        else _judged(books, reading, say)
    )
    books.enter(decision.entry)
    return decision


def _judged(books: Books, reading: Reading, say: Say) -> Decision:
    key, report = slot_key(reading), reading.report
    if isinstance(report, HandoverSubmitted):
        return _handed_over(books, reading, report, say)
    verdict = judge(reading, books.knowledge, books.history(key) if key else UNKNOWN)
    findings = [say(it) for it in verdict.remarks]
    if key is None or verdict.standing is None:
        return Decision(_refused(reading, findings))
    slot = books.slot(key)
    if reading.arrived.kind is Kind.WITHDRAWAL:
        objection = _objection(reading, slot)
        if objection is not None:
            return Decision(_refused(reading, [*findings, say(objection)]))
        after = Slot(key, slot.revision + 1, content_revision=slot.revision + 1)
    elif slot.figures_hash == verdict.standing.figures_hash:
        return Decision(_entry(reading, findings, slot, verdict.standing, unchanged=True))
    else:
        after = _filled(slot, reading, verdict.standing, books.knowledge)
    watched = watch_report(books, key)
    books.keep(after)
    questions = questions_about(books, after, watched, reading.arrived.received_at, say)
    findings += [say(notice(books, it)) for it in questions]
    entry = _entry(reading, findings, after, verdict.standing)
    return Decision(entry, verdict.standing, questions=tuple(questions))


def _handed_over(books: Books, reading: Reading, report: HandoverSubmitted, say: Say) -> Decision:
    verdict = judge(reading, books.knowledge)
    if verdict.standing is None:
        return Decision(_refused(reading, [say(it) for it in verdict.remarks]))
    remarks = [*verdict.remarks, *remarks_on(report, verdict.standing, books)]
    findings = [say(it) for it in remarks]
    if any(it.severity == "reject" for it in remarks):
        return Decision(_refused(reading, findings))
    key = HandoverKey(report.unit, report.form, report.effective_on)
    before = books.handovers.get(key)
    after = recorded(report, verdict.standing, before)
    questions: list[Question] = []
    if after != before:
        watched = watch_handover(books, after)
        books.keep_handover(after)
        at = reading.arrived.received_at
        questions = questions_about_handover(books, after, watched, at, say)
        findings += [say(notice(books, it)) for it in questions]
    stands_for = Slot(SlotKey(report.unit, report.form, report.period), after.revision)
    entry = _entry(reading, findings, stands_for, verdict.standing, unchanged=after == before)
    return Decision(entry, questions=tuple(questions))


def slot_key(reading: Reading) -> SlotKey | None:
    """Name the slot that a well-formed submission is about."""
    report = reading.report
    return None if report is None else SlotKey(report.unit, report.form, report.period)


def _filled(slot: Slot, reading: Reading, standing: Standing, knowledge: Knowledge) -> Slot:
    """Put new figures into a slot; lateness is judged when it was empty, and only then."""
    received_at, due = reading.arrived.received_at, standing.due
    first = not slot.filled
    return Slot(
        key=slot.key,
        revision=slot.revision + 1,
        figures_hash=standing.figures_hash,
        first_received_at=received_at if first else slot.first_received_at,
        due_at=due.at if first else slot.due_at,
        deadline_rule=due.rule_code if first else slot.deadline_rule,
        on_time=received_at < due.at if first else slot.on_time,
        backlog=standing.backlog,
        figures=_exact(standing, knowledge),
        form_version=standing.form_version,
        source=reading.arrived.source,
        event_id=reading.arrived.event_id,
        content_revision=slot.revision + 1,
    )


def _exact(standing: Standing, knowledge: Knowledge) -> tuple[int | None, ...] | None:
    """Lay the figures out in the order of the form's cells; "more than" a number is none here."""
    report = standing.report
    frame = knowledge.frame(report.form, report.period)
    if frame is None or frame.plan is None or not isinstance(report, ReportSubmitted):
        return None
    stated = standing.amounts
    if report.qualifiers:
        stated = {k: v for k, v in stated.items() if k not in report.qualifiers}
    return tuple(map(stated.get, frame.plan.form.position))


def _objection(reading: Reading, slot: Slot) -> Remark | None:
    """Tell why a withdrawal withdraws nothing."""
    meant = reading.arrived.revision
    if not slot.filled:
        return Remark("nothing_to_withdraw", "period")
    if meant is not None and not slot.holds(meant):
        return Remark("superseded", "period", {"meant": meant, "now": slot.revision})
    return None


def _conflict(first: Entry) -> Remark:
    day = first.received_at.strftime("%d/%m/%Y")
    return Remark("event_id_conflict", "event_id", {"event_id": first.event_id, "day": day})


def _refused(reading: Reading, findings: Sequence[Finding]) -> Entry:
    return _entry(reading, findings, _NO_SLOT, None)


def _entry(
    reading: Reading,
    findings: Sequence[Finding],
    slot: Slot,
    standing: Standing | None,
    *,
    unchanged: bool = False,
) -> Entry:
    """Write the line of the journal; without *standing* the submission was refused."""
    arrived = reading.arrived
    return Entry(
        source=arrived.source,
        event_id=arrived.event_id,
        content_hash=reading.content_hash,
        kind=arrived.kind,
        body=arrived.body,
        received_at=arrived.received_at,
        verdict="accepted" if standing else "rejected",
        findings=tuple(findings),
        unit=reading.unit,
        form=reading.form,
        period=reading.period,
        unchanged=unchanged,
        revision=slot.revision if standing else None,
        form_version=standing.form_version if standing else None,
        first_received_at=slot.first_received_at,
        due_at=slot.due_at,
        deadline_rule=slot.deadline_rule,
        on_time=slot.on_time,
    )
