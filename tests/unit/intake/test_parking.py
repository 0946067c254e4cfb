"""What the reference data in force cannot judge has no verdict yet; it is nobody's fault."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.domain.events import receipt_of
from services.intake.domain.parking import unparked
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer, Violation
from shared.contracts.reports import Finding, SubmissionParked
from shared.reference.deadlines import Due
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import COMMUNE_OF_HA_NOI, NOON, Report, raw
from tests.builders.intake_journal import MemoryJournal

UNIT, OTHER = "00004.2", "13285.2"
FORM, PERIOD = "F05", "nd09.2026-M11"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def short(reference: ReferenceData) -> RuleContext:
    """Provide the rules by a calendar of the new year alone, as an operator once published it."""
    calendar = replace(reference.calendar, first=date(2027, 1, 1), last=date(2027, 12, 31))
    return _context(replace(reference, calendar=calendar))


@pytest.fixture
def journal(short: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal that is judged by the calendar that is too short."""
    return MemoryJournal(short, render)


def submission(event_id: str, total: int = 1, unit: str = UNIT, **changes: Any) -> RawSubmission:
    """Return a report of November 2026."""
    return raw(_document(event_id, total, unit), **changes)


def withdrawal(event_id: str) -> RawSubmission:
    """Return the withdrawal of that report."""
    document = {
        **_document(event_id, 1, UNIT),
        "reason": "Nhập nhầm kỳ báo cáo",
    }
    del document["figures"]
    return raw(document, kind=SubmissionKind.WITHDRAWAL)


def test_a_period_that_the_calendar_does_not_reach_is_parked(journal: MemoryJournal) -> None:
    """It was HTTP 500, and over Kafka a partition that stood still."""
    (outcome,) = journal.receive(submission("a"))

    (why,) = outcome.entry.findings
    assert (outcome.entry.verdict, why.code, why.severity) == (
        "parked",
        "calendar_too_short",
        "warn",
    )
    assert "tháng 11 năm 2026" in why.message
    assert isinstance(receipt_of(outcome.entry), SubmissionParked)
    assert not journal.entries
    assert not journal.slots


def test_a_period_without_a_deadline_rule_is_parked(
    reference: ReferenceData, render: Renderer
) -> None:
    """No rule of the regime is in force for it: an operator's omission, never the sender's."""
    rules = tuple(it for it in reference.rules if it.regime != "nd09")
    journal = MemoryJournal(_context(replace(reference, rules=rules)), render)

    (outcome,) = journal.receive(submission("a"))

    assert [it.code for it in outcome.entry.findings] == ["no_deadline_rule"]


def test_a_mistake_of_the_sender_is_refused_as_ever(journal: MemoryJournal) -> None:
    """Whoever mends the calendar cannot mend a unit that does not exist, nor a wrong sum."""
    sum_is_wrong = {"dvk_models_opening": 1, "dvk_models_new": 1, "dvk_models_removed": 0}
    wrong = Report(UNIT, FORM, PERIOD, {"dvk_models_total": 7, **sum_is_wrong})
    document = wrong.document(journal.context)

    unknown, refused = journal.receive(submission("a", unit="99999.9"), raw(document))

    assert {it.entry.verdict for it in (unknown, refused)} == {"rejected"}
    assert not journal.parked


def test_the_same_event_gets_the_same_answer_while_it_is_parked(journal: MemoryJournal) -> None:
    """A sender repeats what it is unsure of."""
    (first,) = journal.receive(submission("a"))
    (again,) = journal.receive(submission("a", received_at=NOON + HOUR))

    assert again.repeated
    assert receipt_of(again.entry) == receipt_of(first.entry)
    assert len(journal.parked) == 1


def test_other_content_under_a_parked_id_is_a_conflict(
    journal: MemoryJournal, context: RuleContext
) -> None:
    """And the first content under the id is what is judged later."""
    _, conflict = journal.receive(submission("a", 1), submission("a", 2))
    assert [it.code for it in conflict.entry.findings] == ["event_id_conflict"]

    (judged,) = _with(journal, context).judge_again()

    assert (judged.entry.verdict, judged.entry.revision) == ("accepted", 1)


def test_other_reference_data_judge_in_the_order_of_arrival_as_of_the_receipt(
    journal: MemoryJournal, context: RuleContext
) -> None:
    """A correction is newer than what it corrects, and nobody is late for our sake."""
    in_time = NOON - 30 * 24 * HOUR
    journal.receive(submission("a", 1, received_at=in_time), submission("b", 2))
    journal.receive(withdrawal("c"), submission("d", 3))

    outcomes = _with(journal, context).judge_again()

    assert [(it.entry.event_id, it.entry.revision) for it in outcomes] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("d", 4),
    ]
    assert outcomes[0].entry.received_at == in_time
    assert [it.entry.on_time for it in outcomes[:2]] == [True, True]
    assert not journal.parked
    assert all(it.repeated for it in journal.receive(submission("a", 1), submission("d", 3)))


def test_a_newer_report_waits_for_the_one_that_is_parked(
    journal: MemoryJournal, context: RuleContext
) -> None:
    """It comes after the calendar was mended, and before what is parked is judged again."""
    journal.receive(submission("a", 1))
    _with(journal, context)

    newer, other = journal.receive(submission("b", 2), submission("c", 3, unit=OTHER))
    assert [it.code for it in newer.entry.findings] == ["waits_for_earlier"]
    assert other.entry.verdict == "accepted"

    assert [it.entry.revision for it in journal.judge_again()] == [1, 2]


def test_judged_again_without_better_reference_data_it_stays(journal: MemoryJournal) -> None:
    """Nothing is published, and nothing loses its turn."""
    journal.receive(submission("a", 1), submission("b", 2))
    before = list(journal.parked)

    outcomes = journal.judge_again()

    assert all(it.repeated and it.parked for it in outcomes)
    assert list(journal.parked) == before


def test_what_another_instance_has_judged_meanwhile_is_not_judged_twice(
    journal: MemoryJournal, context: RuleContext
) -> None:
    """Two instances follow the directory, and both are told."""
    journal.receive(submission("a", 1))
    read_before = [unparked(it) for it in journal.parked.values()]
    _with(journal, context).judge_again()

    outcomes = journal.receive(*read_before)

    assert [it.repeated for it in outcomes] == [True]
    assert len(journal.entries) == 1


def test_a_judgement_that_raises_concerns_one_submission(
    reference: ReferenceData, render: Renderer
) -> None:
    """A fault of ours in one rule must not hold up everybody in its batch."""

    def faulty(form: str, period: Period, unit: str) -> Due | None:
        if unit == OTHER:
            raise LookupError("a rule let an unknown unit pass")
        return reference.due(form, period, unit)

    journal = MemoryJournal(_context(reference, faulty), render, judgement_may_fail=True)

    before, failed, after = journal.receive(
        submission("a"), submission("b", unit=OTHER), submission("c", 2)
    )

    assert [it.entry.verdict for it in (before, after)] == ["accepted", "accepted"]
    assert [it.code for it in failed.entry.findings] == ["judgement_failed"]
    assert failed.parked is not None
    assert "unknown unit" in failed.parked.detail


def test_what_a_failed_judgement_had_changed_is_taken_back(
    context: RuleContext, render: Renderer
) -> None:
    """It raises after the slot was filled: the next submission must not see that."""
    faults = ["a correction that questions another report"]

    def faulty(violation: Violation) -> Finding:
        if violation.code == "following_report_questioned" and faults:
            raise LookupError(faults.pop())
        return render(violation)

    journal = MemoryJournal(context, faulty, judgement_may_fail=True)
    journal.receive(_stock("a", "nd09.2026-M09", 10), _stock("b", "nd09.2026-M10", 10))

    failed, next_one = journal.receive(
        _stock("c", "nd09.2026-M09", 12), _stock("d", "nd09.2026-M11", 10)
    )

    assert failed.parked is not None
    assert next_one.entry.verdict == "accepted"
    assert [it.revision for it in journal.slots.values()] == [1, 1, 1]
    assert [it.entry.revision for it in journal.judge_again()] == [2]


def _stock(event_id: str, period: str, total: int) -> RawSubmission:
    """Return a report whose closing stock the next period opens with."""
    figures = {"dvk_models_opening": 10, "dvk_models_new": total - 10, "dvk_models_removed": 0}
    document = _document(event_id, total, COMMUNE_OF_HA_NOI) | {"period": period}
    document["unit"] = UNIT
    document["figures"] |= figures
    return raw(document)


def _document(event_id: str, total: int, unit: str) -> dict[str, Any]:
    figures = {
        "contributions_vnd": None,
        "land_donated_m2": None,
        "work_days": None,
        "dvk_models_opening": None,
        "dvk_models_new": None,
        "dvk_models_removed": None,
        "dvk_models_total": total,
        "dvk_models_registered": None,
        "dvk_models_recognised": None,
    }
    return {
        "event_id": event_id,
        "occurred_at": "2026-11-22T11:59:00+07:00",
        "unit": unit,
        "form": FORM,
        "period": PERIOD,
        "figures": figures,
    }


def _context(
    reference: ReferenceData, due: Callable[[str, Period, str], Due | None] | None = None
) -> RuleContext:
    return build_rule_context(reference.catalogue, reference.directory, due or reference.due)


def _with(journal: MemoryJournal, context: RuleContext) -> MemoryJournal:
    """Let other reference data come into force."""
    journal.context = context
    return journal
