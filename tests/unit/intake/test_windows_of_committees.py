"""Reports for a committee's own windows: who may send them, what they are held against."""

from datetime import UTC, datetime

import pytest

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.submissions import SubmissionKind
from services.intake.domain.violations import Messages, renderer
from tests.builders.intake import (
    COMMUNE_OF_HA_NOI,
    COMMUNE_OF_NINH_BINH,
    Report,
    codes,
    raw,
    verdict_on,
)
from tests.builders.intake_journal import MemoryJournal
from tests.builders.intake_reform import context_of, models, sent
from tests.builders.regimes import (
    HA_NOI,
    HALF_2023,
    STAGE_2020,
    STAGE_2023,
    YEAR_2022,
    YEAR_2023,
    ha_noi_reference,
    reference_with,
)

CASES = {"pib_violations_detected": 1566, "pib_cases_resolved": 1446, "pib_cases_recommended": 1566}
DISTRICT_OF_HA_NOI = "D001.1"


@pytest.fixture(scope="module")
def own() -> RuleContext:
    """Return the context in which Hà Nội has its regime."""
    return context_of(ha_noi_reference())


@pytest.fixture
def journal(own: RuleContext, messages: Messages) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(own, renderer(messages, lambda: own.catalogue.label))


def of_window(period: str, unit: str = COMMUNE_OF_HA_NOI, form: str = "F04") -> Report:
    """Return a report of cases, for a window."""
    return Report(unit, form, period, CASES if form == "F04" else {})


def cases(
    journal: MemoryJournal, period: str, arisen: int, settled: int, carried_in: int | None = None
) -> SubmissionOutcome:
    """Let the Front of a commune of Hà Nội report cases."""
    figures: dict[str, object] = {
        "pib_violations_detected": arisen,
        "pib_cases_resolved": settled,
        "pib_cases_recommended": arisen,
        "pib_cases_carried_in": carried_in,
        "pib_supervisions": arisen,
    }
    (outcome,) = journal.receive(
        raw(Report(COMMUNE_OF_HA_NOI, "F04", period, figures).document(journal.context))
    )
    return outcome


def stock(journal: MemoryJournal, period: str, opening: int, total: int) -> SubmissionOutcome:
    """Let a commune of Hà Nội report its models."""
    report = models(COMMUNE_OF_HA_NOI, period, opening, total)
    (outcome,) = journal.receive(sent(report, journal.context))
    return outcome


def found(outcome: SubmissionOutcome) -> list[str]:
    """Return the codes of the findings of a receipt."""
    return [it.code for it in outcome.entry.findings]


@pytest.mark.parametrize("period", [STAGE_2023, STAGE_2020, YEAR_2023, HALF_2023])
def test_a_window_that_the_committee_lists_is_accepted(own: RuleContext, period: str) -> None:
    """With its due instant, by the rule of its regime: it can be late like any other."""
    verdict = verdict_on(of_window(period), own)

    assert verdict.validated is not None
    assert verdict.validated.due.rule_code == "hanoi.10wd"
    assert verdict.validated.path == (DISTRICT_OF_HA_NOI, "01.1")
    assert codes(verdict) == {"unit_not_obliged"}  # no letter has asked for it


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (
            "hue.20210101-20231212",
            (
                "Danh mục không có chế độ báo cáo “hue” nên chưa nhận được báo cáo của kỳ"
                " từ ngày 01/01/2021 đến hết ngày 12/12/2023."
            ),
        ),
        (
            "hanoi.20210101-20231212",
            (
                "“Chế độ báo cáo của Ban Chỉ đạo thành phố Hà Nội” không có kỳ"
                " từ ngày 01/01/2021 đến hết ngày 12/12/2023;"
                " đề nghị kiểm tra lại ngày đầu kỳ và ngày cuối kỳ."
            ),
        ),
        ("cal.2023-Q9", "Không có kỳ báo cáo “cal.2023-Q9”."),
    ],
)
def test_a_window_that_nobody_lists_is_refused_with_the_reason(
    own: RuleContext, messages: Messages, period: str, sentence: str
) -> None:
    """The officer sees whether the regime is unknown, or only these days."""
    verdict = verdict_on(of_window(period), own)

    (violation,) = verdict.violations
    assert verdict.validated is None
    assert violation.code == "unknown_period"
    assert renderer(messages)(violation).message == sentence


def test_a_unit_outside_the_area_is_told_so(own: RuleContext, messages: Messages) -> None:
    """A commune of Ninh Bình in Hà Nội's total would be a wrong total."""
    verdict = verdict_on(of_window(STAGE_2023, COMMUNE_OF_NINH_BINH), own)

    assert verdict.validated is None
    (refusal,) = [it for it in verdict.violations if it.severity == "reject"]
    assert refusal.code == "unit_outside_regime"
    said = renderer(messages)(refusal).message
    assert said.startswith("“Chế độ báo cáo của Ban Chỉ đạo thành phố Hà Nội” chỉ áp dụng")
    assert "thành phố Hà Nội; " in said


def test_a_form_that_the_regime_does_not_ask_for_is_refused() -> None:
    """A chuyên đề on supervision takes no report of models."""
    topic = context_of(reference_with({**HA_NOI, "forms": ["F04"]}))

    assert verdict_on(of_window(STAGE_2023), topic).validated is not None
    refused = verdict_on(of_window(STAGE_2023, form="F05"), topic)
    assert refused.validated is None
    assert "form_not_for_period" in codes(refused)


def test_a_window_cannot_be_reported_before_it_begins(own: RuleContext) -> None:
    """Nor is one that runs complete."""
    early = datetime(2020, 12, 31, tzinfo=UTC)
    running = datetime(2022, 6, 1, tzinfo=UTC)

    assert "future_period" in codes(verdict_on(of_window(STAGE_2023), own, at=early))
    during = verdict_on(of_window(STAGE_2023), own, at=running)
    assert "period_still_runs" in codes(during)
    assert during.validated is not None


def test_a_year_opens_with_what_the_year_before_closed_with(journal: MemoryJournal) -> None:
    """R2 holds between windows of one rule, and between stages that adjoin."""
    assert found(stock(journal, YEAR_2022, 10, 12)) == ["unit_not_obliged"]
    assert "opening_equals_closing" in found(stock(journal, YEAR_2023, 11, 15))
    assert found(stock(journal, YEAR_2023, 12, 15)) == ["unit_not_obliged"]
    assert found(stock(journal, STAGE_2020, 3, 8)) == ["unit_not_obliged"]
    assert "opening_equals_closing" in found(stock(journal, STAGE_2023, 9, 15))


def test_windows_that_only_overlap_are_never_held_against_each_other(
    journal: MemoryJournal,
) -> None:
    """A stage begins in the middle of a year; its opening is not what that year closed with."""
    assert found(stock(journal, YEAR_2022, 10, 12)) == ["unit_not_obliged"]
    assert found(stock(journal, "cal.2022", 9, 13)) == []

    assert found(stock(journal, STAGE_2023, 4, 15)) == ["unit_not_obliged"]
    assert found(stock(journal, HALF_2023, 12, 13)) == ["unit_not_obliged"]


def test_cases_are_carried_from_year_to_year(journal: MemoryJournal) -> None:
    """R5: what a year left open the next may settle; a stage's cases are not counted beside it."""
    assert found(cases(journal, YEAR_2022, 10, 7)) == ["unit_not_obliged"]
    assert found(cases(journal, STAGE_2020, 50, 40)) == ["unit_not_obliged"]

    assert found(cases(journal, YEAR_2023, 5, 8, carried_in=3)) == ["unit_not_obliged"]
    asked = found(cases(journal, HALF_2023, 5, 8, carried_in=13))

    assert "carried_in_agrees" in asked  # neither 3 of the year nor 10 of the stage


def test_a_figure_far_from_the_year_before_is_asked_about(journal: MemoryJournal) -> None:
    """R11 compares years of one rule; a stage of three years is compared with nothing."""
    assert found(cases(journal, YEAR_2022, 10, 10)) == ["unit_not_obliged"]
    assert found(cases(journal, STAGE_2020, 10, 10)) == ["unit_not_obliged"]

    assert "jump" in found(cases(journal, YEAR_2023, 400, 400))
    assert "jump" not in found(cases(journal, STAGE_2023, 400, 400))


def test_what_was_accepted_can_be_withdrawn_after_the_area_has_changed(
    journal: MemoryJournal,
) -> None:
    """When a regime is narrowed, the report of a unit outside must not stay for ever."""
    document = of_window(STAGE_2023).document(journal.context)
    (accepted,) = journal.receive(raw(document))
    assert accepted.entry.verdict == "accepted"
    journal.context = context_of(reference_with({**HA_NOI, "area": "37.1"}))
    kept = ("event_id", "occurred_at", "unit", "form", "period")
    withdrawal = {name: document[name] for name in kept} | {"reason": "Gửi nhầm"}
    withdrawal["event_id"] = f"{document['event_id']}-w"

    (withdrawn,) = journal.receive(raw(withdrawal, kind=SubmissionKind.WITHDRAWAL))

    assert withdrawn.entry.verdict == "accepted"
    assert not any(it.filled for it in journal.slots.values())
