"""Rules across periods: chains, mergers, handovers, yearly duties, jumps (R1, R2, R10, R11)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.events import questioned, receipt_of
from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from shared.reference.deadlines import Due
from shared.reference.directory import Directory, Unit
from shared.reference.levels import TYPES
from shared.reference.reference_data import ReferenceData
from tests.builders.intake import COMMUNE_OF_HA_NOI, NOON, Report, raw, verdict_on
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import (
    DIVIDED,
    FIRST,
    LAST,
    MERGED,
    OLD,
    PARTS,
    context_of,
    handed,
    handover,
    models,
    reformed,
    sent,
)

UNIT = "13285.2"
Q1, Q2, Q3 = "cal.2026-Q1", "cal.2026-Q2", "cal.2026-Q3"


@pytest.fixture(scope="module")
def after_reform(reference: ReferenceData) -> RuleContext:
    """Return the context in which the reform is known."""
    return context_of(reformed(reference))


@pytest.fixture
def journal(after_reform: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(after_reform, render)


def quarter(
    journal: MemoryJournal, period: str, opening: int | None, total: int | None
) -> RawSubmission:
    """Let the commune report a quarter."""
    return sent(models(UNIT, period, opening, total), journal.context)


def withdrawal(unit: str, period: str, event_id: str) -> RawSubmission:
    """Let a unit take a report back."""
    document = {
        "event_id": event_id,
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": unit,
        "form": "F05",
        "period": period,
        "reason": "Nhập nhầm",
    }
    return raw(document, kind=SubmissionKind.WITHDRAWAL)


def codes(outcome: SubmissionOutcome) -> list[str]:
    """Return the codes of a receipt's findings."""
    return [it.code for it in outcome.entry.findings]


def closed(journal: MemoryJournal, *closings: int) -> None:
    """Let the old communes close their last quarter with these numbers."""
    for unit, total in zip(OLD, closings, strict=False):
        (outcome,) = journal.receive(sent(models(unit, LAST, total, total), journal.context))
        assert outcome.entry.verdict == "accepted"


@pytest.mark.parametrize(("opening", "expected"), [(12, []), (13, ["opening_equals_closing"])])
def test_opening_is_the_closing_before(
    journal: MemoryJournal, opening: int, expected: list[str]
) -> None:
    """R2: what a unit closed with cannot have changed overnight."""
    _, second = journal.receive(quarter(journal, Q1, 10, 12), quarter(journal, Q2, opening, 15))

    assert codes(second) == expected
    assert (second.entry.verdict == "accepted") == (not expected)


def test_refusal_says_what_was_expected(journal: MemoryJournal) -> None:
    """The sender must be able to mend it without asking anybody."""
    _, refused = journal.receive(quarter(journal, Q1, 10, 12), quarter(journal, Q2, 13, 15))

    (finding,) = refused.entry.findings
    assert finding.field == "figures.dvk_models_opening"
    assert "quý I năm 2026" in finding.message
    assert "12" in finding.message


def test_parts_continue_too(journal: MemoryJournal) -> None:
    """By field as the whole: three models of the economy do not become two overnight."""
    economy, culture = "[field=kinh_te]", "[field=van_hoa_xa_hoi]"
    first = models(UNIT, Q1, None, 3, **{f"total{economy}": 3, f"total{culture}": 0})
    second = models(UNIT, Q2, 3, 3, **{f"opening{economy}": 2, f"opening{culture}": 1})

    _, after = journal.receive(sent(first, journal.context), sent(second, journal.context))

    assert codes(after) == ["opening_equals_closing"] * 2


def test_nothing_is_held_against_a_gap(journal: MemoryJournal) -> None:
    """Whoever missed a period is overdue for it, but not refused for the next."""
    journal.receive(quarter(journal, Q1, 10, 12))

    (outcome,) = journal.receive(quarter(journal, Q3, 99, 99))

    assert not codes(outcome)


def test_period_of_its_own_kind_comes_first(journal: MemoryJournal) -> None:
    """A quarter continues the quarter before, and only without one the month that ends with it."""
    month = sent(models(UNIT, "cal.2026-M03", 7, 8), journal.context)
    alone, _, both = (
        journal.receive(it)[0]
        for it in (month, quarter(journal, Q1, 10, 12), quarter(journal, Q2, 12, 12))
    )

    assert not codes(alone)
    assert not codes(both)
    (by_month,) = journal.receive(sent(models(UNIT, "cal.2026-M04", 9, 9), journal.context))
    assert codes(by_month) == ["opening_equals_closing"]


def test_inexact_closing_proves_nothing(journal: MemoryJournal) -> None:
    """More than twelve may well be thirteen."""
    report = models(UNIT, Q1, None, 12)
    inexact = report.document(journal.context, qualifiers={"dvk_models_total": "at_least"})

    _, second = journal.receive(raw(inexact), quarter(journal, Q2, 13, 13))

    assert not codes(second)


@pytest.mark.parametrize("at_once", [True, False])
def test_correction_questions_the_next_period(journal: MemoryJournal, at_once: bool) -> None:
    """In one batch as over several: the receipt warns, the other report's sender is asked."""
    q2 = sent(models(UNIT, Q2, 12, 15), journal.context, source="other")
    submissions = [quarter(journal, Q1, 10, 12), q2, quarter(journal, Q1, 10, 11)]
    outcomes = (
        journal.receive(*submissions) if at_once else [journal.receive(it)[0] for it in submissions]
    )

    correction = outcomes[-1]

    assert correction.entry.verdict == "accepted"
    assert codes(correction) == ["following_report_questioned"]
    assert {it.severity for it in correction.entry.findings} == {"warn"}
    (question,) = map(questioned, correction.questions)
    assert (question.source, question.unit, question.period) == ("other", UNIT, Q2)
    assert (question.revision, question.cause.period, question.cause.revision) == (1, Q1, 2)
    assert [it.code for it in question.findings] == ["no_longer_continues"]
    assert "11" in question.findings[0].message


def test_correction_that_changes_no_stock_questions_nobody(journal: MemoryJournal) -> None:
    """Only what the next report rests on is its business."""
    journal.receive(quarter(journal, Q1, 10, 12), quarter(journal, Q2, 12, 15))

    (correction,) = journal.receive(quarter(journal, Q1, 9, 12))

    assert correction.entry.revision == 2
    assert not correction.questions


def test_first_report_after_the_fact_questions_too(journal: MemoryJournal) -> None:
    """The later period came first and was taken; the earlier one is no less true for that."""
    journal.receive(quarter(journal, Q2, 12, 15))

    (late,) = journal.receive(quarter(journal, Q1, 10, 11))

    assert late.entry.verdict == "accepted"
    assert [it.key.period for it in late.questions] == [Q2]


def test_withdrawal_takes_away_what_the_next_period_rests_on(journal: MemoryJournal) -> None:
    """Nothing contradicts it any more, and nothing supports it either."""
    journal.receive(quarter(journal, Q1, 10, 12), quarter(journal, Q2, 12, 15))

    (taken,) = journal.receive(withdrawal(UNIT, Q1, "w"))

    assert codes(taken) == ["following_report_questioned"]
    (question,) = taken.questions
    assert [it.code for it in question.findings] == ["basis_withdrawn"]
    assert question.cause_revision == taken.entry.revision == 2


def test_withdrawal_leaves_the_month_that_ends_on_the_same_day(journal: MemoryJournal) -> None:
    """Then that is what the next quarter rests on, and it may say something else."""
    journal.receive(sent(models(UNIT, "cal.2026-M03", 8, 8), journal.context))
    journal.receive(quarter(journal, Q1, 10, 12), quarter(journal, Q2, 12, 15))

    (taken,) = journal.receive(withdrawal(UNIT, Q1, "w"))

    (question,) = taken.questions
    assert [it.code for it in question.findings] == ["no_longer_continues"]
    assert "8" in question.findings[0].message


def test_supervision_boards_balance(journal: MemoryJournal) -> None:
    """R1 without an opening: boards before + set up - dissolved."""

    def boards(period: str, boards: int, established: int, dissolved: int) -> RawSubmission:
        names = ("cisb_boards", "cisb_established", "cisb_dissolved")
        figures = dict(zip(names, (boards, established, dissolved), strict=True))
        return sent(Report(COMMUNE_OF_HA_NOI, "F04", period, figures), journal.context)

    _, wrong, right = journal.receive(
        boards("cal.2024-Q1", 4, 1, 0),
        boards("cal.2024-Q2", 5, 2, 0),
        boards("cal.2024-Q2", 5, 2, 1),
    )

    assert "boards_balance" in codes(wrong)
    assert right.entry.verdict == "accepted"


@pytest.mark.parametrize(("opening", "accepted"), [(35, True), (10, False), (36, False)])
def test_merged_unit_opens_with_the_sum(
    journal: MemoryJournal, opening: int, accepted: bool
) -> None:
    """10 + 20 + 5 are 35: another system made 10 of it."""
    closed(journal, 10, 20, 5)

    (outcome,) = journal.receive(sent(models(MERGED, FIRST, opening, opening), journal.context))

    assert (outcome.entry.verdict == "accepted") == accepted
    assert codes(outcome) == ([] if accepted else ["opening_equals_predecessors"])


def test_sum_of_some_proves_nothing(journal: MemoryJournal) -> None:
    """Until the last of them has reported; then whoever opened with another sum is asked."""
    closed(journal, 10, 20)
    (outcome,) = journal.receive(sent(models(MERGED, FIRST, 40, 40), journal.context))

    (last,) = journal.receive(sent(models(OLD[2], LAST, 5, 5), journal.context))

    assert not codes(outcome)
    assert [it.key.unit for it in last.questions] == [MERGED]


@pytest.mark.parametrize(
    ("other_period", "withdrawn", "opening"),
    [
        ("cal.2024", [], 35),  # the quarter ends later
        ("cal.2025", [], 35),  # the year ends after the merger
        ("cal.2025-H1", [withdrawal(OLD[0], LAST, "w")], 115),  # it ends on the same day
    ],
)
def test_latest_closing_before_the_merger_counts(
    journal: MemoryJournal, other_period: str, withdrawn: list[RawSubmission], opening: int
) -> None:
    """Whatever else the old communes have reported, and also when it is withdrawn just before."""
    closed(journal, 10, 20, 5)
    other = models(OLD[0], other_period, 90, 90)
    journal.receive(sent(other, journal.context))

    known_to_the_batch = withdrawn or [sent(other, journal.context)]

    *_, refused, fitting = journal.receive(
        *known_to_the_batch,
        sent(models(MERGED, FIRST, opening + 1, opening + 1), journal.context),
        sent(models(MERGED, FIRST, opening, opening), journal.context),
    )

    assert codes(refused) == ["opening_equals_predecessors"]
    assert not codes(fitting)


def test_handover_goes_before_the_sum(journal: MemoryJournal) -> None:
    """What was counted on the day of the handover is what the new unit starts with."""
    journal.receive(sent(models(OLD[0], LAST, 10, 10), journal.context))
    (recorded,) = journal.receive(handed(handover(MERGED, 33, "h")))

    right, wrong = journal.receive(
        sent(models(MERGED, FIRST, 33, 33), journal.context),
        sent(models(MERGED, "cal.2025-M07", 35, 35), journal.context),
    )

    assert (recorded.entry.verdict, codes(recorded)) == ("accepted", ["handover_closings_unknown"])
    assert not codes(right)
    assert codes(wrong) == ["opening_equals_handover"]


def test_part_of_a_unit_asks_for_a_note(journal: MemoryJournal) -> None:
    """Nobody knows the share; it is neither guessed nor refused."""
    journal.receive(sent(models(DIVIDED, LAST, 9, 9), journal.context))
    report = models(PARTS[0], FIRST, 4, 4)

    plain, noted = journal.receive(
        sent(report, journal.context),
        raw(report.document(journal.context, note="Theo biên bản ngày 01/7/2025")),
    )

    assert codes(plain) == ["opening_needs_handover"]
    assert plain.entry.verdict == "accepted"
    assert not codes(noted)


def test_backlog_is_carried_over_a_merger(journal: MemoryJournal) -> None:
    """R5: what the old communes left unsettled may be settled by the new one."""

    def front(unit: str, period: str, detected: int, resolved: int) -> RawSubmission:
        figures = {"pib_violations_detected": detected, "pib_cases_resolved": resolved}
        return sent(Report(unit, "F04", period, figures), journal.context)

    journal.receive(front(OLD[0], LAST, 5, 3), front(OLD[1], LAST, 4, 3))

    too_many, fitting = journal.receive(front(MERGED, FIRST, 1, 5), front(MERGED, FIRST, 1, 4))

    assert codes(too_many)[0] == "resolved_within_detected"
    assert fitting.entry.verdict == "accepted"


def test_yearly_duties_are_recalled(journal: MemoryJournal, context: RuleContext) -> None:
    """R10: since the Law of 2015, in the report of the year, and only when it says zero."""

    def dialogues(unit: str, period: str, held: int | None) -> list[str]:
        report = Report(unit, "F01", period, {"dialogues_held": held, "propaganda_sessions": 1})
        (outcome,) = journal.receive(sent(report, context))
        return [it for it in codes(outcome) if it == "yearly_dialogue"]

    assert dialogues("13285.2", "cal.2025", 0) == ["yearly_dialogue"]
    assert not dialogues("13285.2", "cal.2025", 1)
    assert not dialogues("13285.2", "cal.2025", None)
    assert not dialogues("13285.2", "cal.2025-Q4", 0)
    assert dialogues(COMMUNE_OF_HA_NOI, "cal.2023", 0) == ["yearly_dialogue"]
    assert dialogues(COMMUNE_OF_HA_NOI, "nd09.2017", 0) == ["yearly_dialogue"]
    front = Report("13285.2", "F04", "cal.2025", {"dialogues_held": 0, "propaganda_sessions": 1})
    (outcome,) = journal.receive(sent(front, context))
    assert "yearly_dialogue" not in codes(outcome)


CONFERENCES = ("staff_conference_held", "staff_conferences_of_schools")


@pytest.mark.parametrize(
    ("level", "period", "due", "held", "expected"),
    [
        ("agency", "cal.2026-Q1", 1, 0, []),
        ("agency", "cal.2026-H1", 1, 0, ["staff_conference_held"]),
        ("agency", "cal.2026-H1", 1, 1, []),
        # An education department counts sixty schools: they have time to the end of November.
        ("agency", "cal.2026-H1", 60, 5, []),
        ("agency", "cal.2025", 60, 5, ["staff_conferences_of_schools"]),
        ("public_service_unit", "cal.2026-9M", 1, 0, []),
        ("public_service_unit", "nd09.2025", 1, 0, ["staff_conferences_of_schools"]),
        ("public_service_unit", "cal.2022", 1, 0, []),
    ],
)
def test_staff_conferences_are_due_by_the_working_year(
    reference: ReferenceData,
    level: str,
    period: str,
    due: int,
    held: int,
    expected: list[str],
) -> None:
    """R10: the law counts three months from the unit's own working year; a school's is autumn."""
    key, kind = "X1.1", next(iter(TYPES[level]))
    known = [it for one in reference.directory for it in reference.directory.states(one.key)]
    unit = Unit(key, "X1", level, kind, "Đơn vị thử", "01.2", date(2025, 7, 1), None)
    directory = Directory((*known, unit))
    context = build_rule_context(reference.catalogue, directory, lambda *_: Due(NOON, "X"))
    figures = {"staff_conferences_due": due, "staff_conferences_held": held}

    found = verdict_on(Report(key, "F02", period, figures), context).violations

    assert [it.code for it in found if it.code in CONFERENCES] == expected
    assert {it.severity for it in found if it.code in CONFERENCES} <= {"warn"}


@pytest.mark.parametrize(
    ("then", "now", "note", "expected"),
    [
        (10, 31, None, ["jump"]),
        (10, 30, None, []),
        (30, 9, None, ["jump"]),
        (27, 9, None, []),
        (1, 4, None, []),
        (3, 10, None, []),
        (10, 3, None, []),
        (5, 16, None, []),
        (10, 31, "Xã mới thành lập", []),
        (0, 31, None, []),
    ],
)
def test_jump_asks_for_a_note(
    journal: MemoryJournal, then: int, now: int, note: str | None, expected: list[str]
) -> None:
    """R11: three times or a third of the year before, by more than small counts stray anyway."""
    before = Report("00004.1", "F01", "cal.2024-Q1", {"propaganda_sessions": then})
    journal.receive(sent(before, journal.context))
    report = Report("00004.1", "F01", "cal.2025-Q1", {"propaganda_sessions": now})

    (outcome,) = journal.receive(raw(report.document(journal.context, note=note)))

    assert [it for it in codes(outcome) if it == "jump"] == expected
    assert outcome.entry.verdict == "accepted"


Step = tuple[str, str, str, int, int]
ACTIONS, ONE_OR_TWO = ("report", "report", "withdraw", "hand over"), st.integers(1, 2)
BEFORE = ("cal.2024", LAST, "cal.2025-M06", "cal.2025")
AFTER = (FIRST, "cal.2025-M09", "cal.2025-Q4", "cal.2025")
STEPS = st.lists(
    st.one_of(
        st.tuples(*map(st.sampled_from, (ACTIONS, OLD[:2], BEFORE)), ONE_OR_TWO, ONE_OR_TWO),
        st.tuples(*map(st.sampled_from, (ACTIONS, [MERGED], AFTER)), ONE_OR_TWO, ONE_OR_TWO),
    ),
    max_size=25,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, cuts=st.sets(st.integers(0, 25)))
def test_history_depends_on_the_order_of_arrival_only(
    after_reform: RuleContext, render: Renderer, steps: list[Step], cuts: set[int]
) -> None:
    """
    Chains, sums, handovers and questions come out the same, however arrivals are cut into batches.

    It also shows that a batch asks for all that it needs: the journal gives it nothing else.
    """
    whole, parts = MemoryJournal(after_reform, render), MemoryJournal(after_reform, render)
    third_of_the_old = sent(models(OLD[2], LAST, 1, 1), after_reform)
    for journal in (whole, parts):
        journal.receive(third_of_the_old)
    submissions = [_arrival(step, number, after_reform) for number, step in enumerate(steps)]

    at_once = whole.receive(*submissions)
    edges = [0, *sorted(it for it in cuts if it <= len(submissions)), len(submissions)]
    in_parts = [
        outcome
        for first, last in pairwise(edges)
        for outcome in parts.receive(*submissions[first:last])
    ]

    assert list(at_once) == in_parts
    assert whole.entries == parts.entries
    assert whole.slots == parts.slots
    assert whole.handovers == parts.handovers
    assert all(receipt_of(it.entry) for it in at_once)
    assert all(questioned(question) for it in at_once for question in it.questions)


def _arrival(step: Step, number: int, context: RuleContext) -> RawSubmission:
    action, unit, period, opening, total = step
    at = NOON + timedelta(minutes=number)
    if action == "hand over":
        return handed(handover(MERGED, opening + total, f"h-{number}"), received_at=at)
    if action == "withdraw":
        return withdrawal(unit, period, f"w-{number}")
    # Openings that are not stated let many reports pass, so that there is more to question.
    stated = opening if number % 2 else None
    document = models(unit, period, stated, total).document(context, event_id=f"r-{number}")
    return raw(document, received_at=at)
