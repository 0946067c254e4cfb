"""Rule R16: what a unit is asked on two forms is one fact."""

import pytest

from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Renderer
from tests.builders.intake import COMMUNE_OF_NINH_BINH, HA_TINH_CITY, Report, raw
from tests.builders.intake_journal import MemoryJournal

UNIT, PERIOD = COMMUNE_OF_NINH_BINH, "cal.2023"
CODE = "same_figure_on_other_form"


@pytest.fixture
def journal(context: RuleContext, render: Renderer) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(context, render)


def days(context: RuleContext, form: str, number: int | None, **changes: object) -> RawSubmission:
    """Let a unit report its work-days on a form, with a figure that is only of that form."""
    own = {"F01": {"dialogue_opinions": 1}, "F05": {"dvk_models_registered": 1}}[form]
    report = Report(UNIT, form, PERIOD, {"work_days": number, **own})
    return raw(report.document(context, **changes))


def messages(journal: MemoryJournal, submission: RawSubmission) -> list[str]:
    """Return what the receipt says about the other form."""
    (outcome,) = journal.receive(submission)
    assert outcome.entry.verdict == "accepted"
    return [it.message for it in outcome.entry.findings if it.code == CODE]


def test_the_second_form_is_held_against_the_first(journal: MemoryJournal) -> None:
    """Both numbers are shown, and which of them counts."""
    context = journal.context
    assert messages(journal, days(context, "F05", 320)) == []

    (said,) = messages(journal, days(context, "F01", 300))

    assert said == (
        "“Ngày công đóng góp” là 300, trong khi biểu mẫu F05 cùng kỳ của đơn vị ghi 320; "
        "khi tổng hợp chung, số liệu được lấy theo biểu mẫu F01. Đề nghị kiểm tra lại."
    )


@pytest.mark.parametrize("order", [("F01", "F05"), ("F05", "F01")])
def test_equal_figures_are_no_remark_in_any_order(
    order: tuple[str, ...], journal: MemoryJournal
) -> None:
    """The form that comes late is judged like the other."""
    for form in order:
        assert messages(journal, days(journal.context, form, 320)) == []


@pytest.mark.parametrize("form", ["F01", "F05"])
def test_a_correction_of_either_form_is_held_against_the_other(
    form: str, journal: MemoryJournal
) -> None:
    """Two figures that agreed may part by a correction."""
    for each in ("F01", "F05"):
        messages(journal, days(journal.context, each, 320))

    assert len(messages(journal, days(journal.context, form, 32))) == 1
    assert messages(journal, days(journal.context, form, 320)) == []


def test_what_is_not_known_parts_nothing(journal: MemoryJournal) -> None:
    """Null, "more than" and a withdrawn report have no number to be held against."""
    context = journal.context
    messages(journal, days(context, "F01", 320))

    assert messages(journal, days(context, "F05", None)) == []
    assert messages(journal, days(context, "F05", 300, qualifiers={"work_days": "at_least"})) == []
    journal.receive(_withdrawal("F01"))
    assert messages(journal, days(context, "F05", 7)) == []


def test_forms_of_one_batch_are_held_against_each_other(journal: MemoryJournal) -> None:
    """Both forms of a commune often come in one file."""
    context = journal.context

    first, second = journal.receive(days(context, "F01", 1), days(context, "F05", 2))

    assert [it.code for it in first.entry.findings] == []
    assert [it.code for it in second.entry.findings] == [CODE]


def test_a_unit_of_another_level_has_one_form_only(journal: MemoryJournal) -> None:
    """A district is asked on F05 alone: nothing more is loaded for it."""
    report = Report(HA_TINH_CITY, "F05", "cal.2023", {"work_days": 3})

    (outcome,) = journal.receive(raw(report.document(journal.context)))

    assert outcome.entry.verdict == "accepted"


def _withdrawal(form: str) -> RawSubmission:
    document = {
        "event_id": f"w-{form}",
        "occurred_at": "2026-11-22T12:00:00+07:00",
        "unit": UNIT,
        "form": form,
        "period": PERIOD,
        "reason": "Nhập nhầm",
    }
    return raw(document, kind=SubmissionKind.WITHDRAWAL)
