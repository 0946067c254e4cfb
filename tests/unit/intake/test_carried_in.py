"""Rule R5: cases and petitions that were open at the start of a period."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.backlogs import HandedCases, PeriodBacklog, open_cases
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission
from services.intake.domain.violations import Renderer
from shared.contracts.reports import Finding
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report, raw
from tests.builders.intake_journal import MemoryJournal
from tests.builders.periods import period

NOTE = "03 vụ việc năm 2022 chuyển sang, số liệu theo sổ theo dõi của xã"


@pytest.fixture
def journal(context: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(context, render)


def cases(
    journal: MemoryJournal,
    month: str,
    arisen: int,
    settled: int,
    carried_in: int | None = None,
    note: str | None = None,
) -> RawSubmission:
    """Let the Front of a commune report the cases of a period."""
    figures: dict[str, object] = {
        "pib_violations_detected": arisen,
        "pib_cases_resolved": settled,
        "pib_supervisions": arisen,
        "pib_cases_recommended": arisen,
    }
    if carried_in is not None:
        figures["pib_cases_carried_in"] = carried_in
    report = Report(COMMUNE_OF_HA_NOI, "F04", month, figures)
    return raw(report.document(journal.context, note=note))


def accepted(journal: MemoryJournal, submission: RawSubmission) -> tuple[Finding, ...]:
    """Return the findings of a submission that must be accepted."""
    (outcome,) = journal.receive(submission)
    assert outcome.entry.verdict == "accepted", outcome.entry.findings
    return outcome.entry.findings


def refused(journal: MemoryJournal, submission: RawSubmission) -> list[str]:
    """Return the codes of a submission that must be refused."""
    (outcome,) = journal.receive(submission)
    assert outcome.entry.verdict == "rejected"
    return [it.code for it in outcome.entry.findings]


def test_the_first_report_of_a_unit_may_settle_older_cases(journal: MemoryJournal) -> None:
    """Found 2, settled 5, "3 vụ việc năm 2022 chuyển sang" was refused on the first day."""
    (unexplained,) = accepted(journal, cases(journal, "cal.2023-M01", 2, 5))

    assert (unexplained.code, unexplained.severity) == ("carried_in_not_stated", "needs_note")
    assert unexplained.message == (
        "“Vụ việc được xem xét, giải quyết” (5) nhiều hơn số phát sinh trong kỳ (2) và hệ thống "
        "chưa có báo cáo kỳ trước của đơn vị; đề nghị ghi “Vụ việc do Ban Thanh tra nhân dân phát "
        "hiện kỳ trước chuyển sang”, hoặc giải thích trong phần ghi chú."
    )
    assert accepted(journal, cases(journal, "cal.2023-M01", 2, 5, note=NOTE)) == ()
    assert accepted(journal, cases(journal, "cal.2023-M01", 2, 5, 3, NOTE)) == ()


def test_what_the_first_report_carries_in_needs_its_origin(journal: MemoryJournal) -> None:
    """Nobody else knows what was open before the system was used; 0 needs no word."""
    assert accepted(journal, cases(journal, "cal.2023-M01", 2, 1, 0)) == ()
    (finding,) = accepted(journal, cases(journal, "cal.2023-M01", 2, 1, 3))

    assert (finding.code, finding.severity) == ("carried_in_not_known", "needs_note")


def test_no_more_is_settled_than_was_open(journal: MemoryJournal) -> None:
    """What is stated as carried in bounds what may be settled, in the first period as in others."""
    assert refused(journal, cases(journal, "cal.2023-M01", 2, 6, 3, NOTE)) == [
        "resolved_within_detected"
    ]
    accepted(journal, cases(journal, "cal.2023-M01", 2, 1, 3, NOTE))

    assert accepted(journal, cases(journal, "cal.2023-M02", 0, 4)) == ()
    assert refused(journal, cases(journal, "cal.2023-M02", 0, 5)) == ["resolved_within_detected"]


def test_a_gap_in_the_reports_keeps_no_true_report_out(journal: MemoryJournal) -> None:
    """Nobody reported 2018 to 2025: the refusal says how to state what has come to be open."""
    accepted(journal, cases(journal, "cal.2017", 1, 1, 0))
    submission = cases(journal, "cal.2023-M06", 0, 4)
    (outcome,) = journal.receive(submission)

    (finding,) = outcome.entry.findings
    assert finding.message == (
        "“Vụ việc được xem xét, giải quyết” (4) vượt quá số phát sinh trong kỳ (0) cộng số kỳ "
        "trước chuyển sang (0); nếu số kỳ trước chuyển sang nhiều hơn, đề nghị ghi rõ trong chỉ "
        "tiêu kỳ trước chuyển sang."
    )
    assert accepted(journal, cases(journal, "cal.2023-M06", 0, 4, 4, NOTE)) == ()


def test_what_is_carried_in_is_held_against_what_was_left(journal: MemoryJournal) -> None:
    """Both numbers are shown; a note explains the difference, and the statement goes on from it."""
    accepted(journal, cases(journal, "cal.2023-M01", 5, 1, 0))
    assert accepted(journal, cases(journal, "cal.2023-M02", 1, 2, 4)) == ()

    (finding,) = accepted(journal, cases(journal, "cal.2023-M03", 0, 0, 2))

    assert (finding.code, finding.severity) == ("carried_in_agrees", "needs_note")
    assert "là 2, trong khi theo các báo cáo trước của đơn vị còn 3" in finding.message
    assert accepted(journal, cases(journal, "cal.2023-M03", 0, 0, 2, "01 vụ đã chuyển")) == ()
    assert accepted(journal, cases(journal, "cal.2023-M04", 0, 0, 2)) == ()


def test_a_late_report_of_an_earlier_period_counts_nothing_twice(journal: MemoryJournal) -> None:
    """February states that it began with 4; January comes after it, and leaves these 4."""
    accepted(journal, cases(journal, "cal.2023-M02", 1, 0, 4, NOTE))
    accepted(journal, cases(journal, "cal.2023-M01", 4, 0, 0))

    assert accepted(journal, cases(journal, "cal.2023-M03", 0, 0, 5)) == ()


def test_cases_carried_in_may_be_recommended(journal: MemoryJournal) -> None:
    """Part within whole: found last year, recommended this year."""
    submission = cases(journal, "cal.2023-M01", 2, 0, 3, NOTE)
    document = submission.document
    assert isinstance(document, dict)
    document["figures"]["pib_cases_recommended"] = 5

    assert accepted(journal, raw(document)) == ()


def test_an_old_body_sent_again_is_the_same_report(journal: MemoryJournal) -> None:
    """Version 2 of the form asks for more; who does not state it has reported what he had."""
    form = journal.context.compiled("F04", period("cal.2023-M01"))
    assert form is not None
    assert form.form.oldest_with(["pib_cases_resolved"]) == 1
    assert form.form.oldest_with(["pib_cases_resolved", "pib_cases_carried_in"]) == 2


MONTHS = [period(f"cal.2023-M{number:02}") for number in range(1, 13)]


@given(
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), min_size=1, max_size=12),
    st.data(),
)
def test_true_histories_agree_with_themselves(
    begun_with: int, moves: list[tuple[int, float]], data: st.DataObject
) -> None:
    """Whoever states the truth, in any of its periods, leaves what is open and no other number."""
    number = begun_with
    said: list[PeriodBacklog] = []
    for month, (arisen, share) in zip(MONTHS, moves, strict=False):
        settled = int((number + arisen) * share)
        states = not said or data.draw(st.booleans())
        said.append(PeriodBacklog.of(month, arisen - settled, number if states else None))
        number += arisen - settled
    data.draw(st.randoms()).shuffle(said)

    assert open_cases(said) == (number,)


def test_cases_of_a_predecessor_are_there_on_the_day_they_pass() -> None:
    """A unit that states what it began with before a merger still takes over what came later."""
    months = [PeriodBacklog.of(MONTHS[0], 0, 2), PeriodBacklog.of(MONTHS[6], -4, None)]

    assert open_cases(months, [HandedCases(MONTHS[6].first_day, 3)]) == (1,)
    assert open_cases([], [HandedCases(MONTHS[6].first_day, 3)]) == (3,)
    assert open_cases([]) == ()
