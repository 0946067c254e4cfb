"""Each rule, with the figures of the articles where they have any."""

import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from services.intake.domain.history import UnitHistory
from services.intake.domain.rule import Rule
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import RULES, RULES_OF_SLOTS
from services.intake.domain.violations import Renderer
from tests.builders.intake import (
    COMMUNE_OF_HA_NOI,
    COMMUNE_OF_NINH_BINH,
    HA_NOI,
    HA_TINH_CITY,
    Report,
    codes,
    models,
    verdict_on,
)

GOLDEN = Path(__file__).parents[2] / "articles" / "golden.yaml"
FIELDS = {
    "kinh_te": 600,
    "van_hoa_xa_hoi": 200,
    "quoc_phong_an_ninh": 100,
    "he_thong_chinh_tri": 40,
    "nong_thon_moi": 23,
}


def front(**figures: object) -> Report:
    """Return a report of the Fatherland Front of a commune of Hà Nội for 2023."""
    return Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures)


def by_field(parts: dict[str, int]) -> dict[str, object]:
    """Spell out the cells of a breakdown by field."""
    return {f"total[field={name}]": value for name, value in parts.items()}


MUTATIONS = {
    "closing 1636 with opening 1214, new 421, removed 0": models(
        opening=1214, new=421, removed=0, total=1636
    ),
    "removed 1673 with opening 1251 and new 421": models(
        opening=1251, new=421, removed=1673, total=None
    ),
    "unit with resolved > detected + carried_in": front(
        pib_violations_detected=3, pib_cases_resolved=4, pib_cases_carried_in=0
    ),
    "unit sends rate 92.5 with 1446/1566": front(
        pib_violations_detected=1566, pib_cases_resolved=1446, pib_resolution_rate="92.5"
    ),
    "sum of par_index_score over communes": front(par_index_score="89.58"),
    "total 963 with fields summing to 962": models(
        total=963, **by_field({**FIELDS, "nong_thon_moi": 22})
    ),
}


def _must_reject() -> list[tuple[str, str]]:
    scenarios = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["scenarios"]
    return [(it["mutation"], it["rule"]) for one in scenarios for it in one.get("must_reject", ())]


def test_every_mutation_of_the_oracle_is_tried() -> None:
    """The oracle may grow; a mutation that nobody tries would pass unseen."""
    assert {mutation for mutation, _ in _must_reject()} == set(MUTATIONS)


@pytest.mark.parametrize(("mutation", "rule"), _must_reject())
def test_mutation_of_the_articles_is_refused(
    mutation: str, rule: str, context: RuleContext
) -> None:
    """What the articles rule out is refused by the rule that the oracle names."""
    verdict = verdict_on(MUTATIONS[mutation], context)

    assert verdict.validated is None
    assert rule in codes(verdict)


@pytest.mark.parametrize(
    "report",
    [
        models(opening=1214, new=421, removed=0, total=1635),
        models(opening=1251, new=421, removed=37, total=1635),
        models(opening=1251, new=421, removed=None, total=1635),
        models(opening=None, new=421, removed=None, total=1635),
        models(total=963, **by_field(FIELDS)),
        models(total=963, **by_field({"kinh_te": 900, "khong_phan_loai": 63})),
        models(**{"total": 201, "total[kind=mo_hinh]": 147, "total[kind=dien_hinh]": 54}),
        front(pib_violations_detected=1566, pib_cases_resolved=1446, pib_resolution_rate="92.3"),
        front(pib_violations_detected=1566, pib_cases_resolved=1446, pib_resolution_rate="92.34"),
        front(pib_violations_detected=1074, pib_cases_resolved=1050, pib_resolution_rate="97.8"),
        front(pib_violations_detected=0, pib_cases_resolved=0, pib_resolution_rate=None),
        Report(HA_TINH_CITY, "F05", "cal.2022", {"dvk_models_total": 17}),
        Report(
            HA_NOI, "F06", "cal.2023", {"online_delegates": 20000}, {"online_delegates": "at_least"}
        ),
        Report(HA_NOI, "F07", "cal.2022", {"par_index_score": "89.58", "par_index_rank": 3}),
        Report(HA_NOI, "F07", "cal.2022", {"papi_score": "80.00", "papi_group": 4}),
    ],
)
def test_true_report_is_accepted(report: Report, context: RuleContext) -> None:
    """A rule that refuses what really happened is worse than none."""
    verdict = verdict_on(report, context)

    assert not codes(verdict)
    assert verdict.validated is not None


@pytest.mark.parametrize(
    ("rule", "report"),
    [
        ("unknown_unit", Report("99999.9", "F05", "cal.2023", {"dvk_models_total": 1})),
        ("unknown_form", Report(COMMUNE_OF_NINH_BINH, "F99", "cal.2023", {"x": 1})),
        ("unknown_period", Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2023-M13", {"x": 1})),
        ("form_not_for_period", Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2023-9M", {"x": 1})),
        ("form_not_for_period", Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2016", {"x": 1})),
        ("unit_not_alive", Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2025-Q3", {})),
        ("unit_not_alive", Report("13285.2", "F05", "cal.2025-H1", {})),
        ("future_period", Report("13285.2", "F05", "cal.2026-M12", {})),
        ("unit_not_obliged", Report(HA_NOI, "F05", "cal.2023", {"dvk_models_total": 1})),
        ("unit_not_obliged", Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2025", {"work_days": 1})),
        ("unknown_cell", models(totl=5)),
        ("unknown_cell", models(**{"total[field=thuy_loi]": 5})),
        ("unknown_cell", Report(HA_NOI, "F06", "cal.2023", {"par_index_score": "89.58"})),
        ("not_additive", Report(COMMUNE_OF_HA_NOI, "F07", "cal.2022", {"par_index_rank": 3})),
        ("not_additive", Report(HA_TINH_CITY, "F05", "cal.2022", {"papi_group": None})),
        ("wrong_kind", models(total="1635")),
        ("wrong_kind", Report(HA_NOI, "F07", "cal.2022", {"par_index_score": 89})),
        ("missing_required", Report("13285.2", "F05", "cal.2025-Q3", {}, None, ("work_days",))),
        ("empty_report", models()),
        (
            "qualifier_without_figure",
            Report(HA_NOI, "F06", "cal.2023", {}, {"online_delegates": "about"}),
        ),
        ("stock_balance", models(opening=1, new=2, removed=None, total=4)),
        (
            "stock_balance",
            models(
                **{f"{name}[field=kinh_te]": 1 for name in ("opening", "new", "removed")},
                **{"total[field=kinh_te]": 2, "opening": 1, "new": 1, "removed": 1, "total": 2},
            ),
        ),
        ("removed_within_available", models(opening=1, new=1, removed=3, total=0)),
        ("split_sums_to_total", models(**{"total": None, "total[field=kinh_te]": 962})),
        (
            "split_sums_to_total",
            models(**{"total": None, "total[kind=mo_hinh]": 147, "total[kind=dien_hinh]": 54}),
        ),
        ("split_sums_to_total", models(**{"total": 146, "total[kind=mo_hinh]": 147})),
        (
            "split_sums_to_total",
            models(**{"total": 202, "total[kind=mo_hinh]": 147, "total[kind=dien_hinh]": 54}),
        ),
        ("split_sums_to_total", models(**{"total": 963, "total[field=kinh_te]": 962})),
        (
            "resolved_within_detected",
            Report(
                COMMUNE_OF_HA_NOI,
                "F01",
                "cal.2023",
                {
                    "petitions_competent": 117,
                    "petitions_resolved": 118,
                    "petitions_carried_in": 0,
                },
            ),
        ),
        (
            "rate_agrees",
            front(pib_violations_detected=0, pib_cases_resolved=0, pib_resolution_rate="0"),
        ),
        ("rate_agrees", front(pib_violations_detected=5, pib_resolution_rate="20.0")),
        (
            "rate_agrees",
            front(
                pib_violations_detected=1074, pib_cases_resolved=1050, pib_resolution_rate="97.7"
            ),
        ),
        ("recognised_within_total", models(recognised=964, total=963)),
        ("score_bounds", Report(HA_NOI, "F07", "cal.2022", {"papi_score": "80.01"})),
        ("score_bounds", Report(HA_NOI, "F07", "cal.2022", {"par_index_score": "100.01"})),
        ("rank_bounds", Report(HA_NOI, "F07", "cal.2022", {"par_index_rank": 64})),
        ("rank_bounds", Report(HA_NOI, "F07", "cal.2022", {"par_index_rank": 0})),
        ("rank_bounds", Report("01.2", "F07", "cal.2025", {"par_index_rank": 35})),
        ("category_bounds", Report(HA_NOI, "F07", "cal.2022", {"papi_group": 5})),
    ],
)
def test_rule_speaks(rule: str, report: Report, context: RuleContext, render: Renderer) -> None:
    """Each rule finds its mistake and says so in words, with every placeholder filled."""
    verdict = verdict_on(report, context)

    found = [it for it in verdict.violations if it.code == rule]
    assert found
    assert all("{" not in render(it).message for it in found)


@pytest.mark.parametrize("rule", ["unit_not_obliged", "recognised_within_total"])
def test_warning_does_not_refuse(rule: str, context: RuleContext) -> None:
    """R7 is a warning: Long An's 251 were recognised over three years."""
    report = {
        "unit_not_obliged": Report(HA_NOI, "F05", "cal.2023", {"dvk_models_total": 1}),
        "recognised_within_total": models(recognised=964, total=963),
    }[rule]

    verdict = verdict_on(report, context)

    assert codes(verdict) == {rule}
    assert verdict.validated is not None


@pytest.mark.parametrize(
    "report",
    [
        front(
            **{"cisb_projects_supervised": 130, "cisb_projects_supervised[result=violating]": 25}
        ),
        models(**{"total": 201, "total[kind=mo_hinh]": 147, "total[kind=dien_hinh]": None}),
        models(**{"total": None, "total[kind=mo_hinh]": 147}),
    ],
)
def test_part_of_a_breakdown_may_be_all_that_is_known(report: Report, context: RuleContext) -> None:
    """
    Đà Nẵng's boards found faults in 25 of 130 projects and did not sort the other 105.

    Lâm Đồng says how many complaints and denunciations were settled, and nothing of the rest.
    """
    verdict = verdict_on(report, context)

    assert codes(verdict) == {"parts_short_of_total"}
    assert verdict.validated is not None


def test_all_findings_come_at_once(context: RuleContext) -> None:
    """A sender who is told one mistake a day gives up."""
    report = Report(
        COMMUNE_OF_HA_NOI,
        "F04",
        "cal.2023",
        {
            "pib_violations_detected": 3,
            "pib_cases_resolved": 4,
            "pib_cases_carried_in": 0,
            "pib_resolution_rate": "99",
            "cisb_projects_supervised": 326,
            "cisb_projects_supervised[result=compliant]": 327,
            "pib_boards": "1",
            "sipas_rank": 30,
            "nonsense": 1,
        },
        without=("dialogues_held",),
    )

    assert codes(verdict_on(report, context)) == {
        "resolved_within_detected",
        "rate_agrees",
        "split_sums_to_total",
        "wrong_kind",
        "not_additive",
        "unknown_cell",
        "missing_required",
    }


def test_late_resolution_is_accepted_with_what_was_carried_in(context: RuleContext) -> None:
    """R5: without the carry, a case detected in December and resolved in January is refused."""
    report = front(pib_violations_detected=3, pib_cases_resolved=5)

    assert "resolved_within_detected" in codes(
        verdict_on(report, context, history=UnitHistory((1,)))
    )
    assert not codes(verdict_on(report, context, history=UnitHistory((2,))))


def test_inexact_figures_neither_agree_nor_disagree(context: RuleContext) -> None:
    """A figure of "hơn 20.000" cannot contradict a sum; refusing it breeds false precision."""
    figures = {"dvk_models_opening": 1200, "dvk_models_new": 421, "dvk_models_removed": 0}
    report = Report(
        COMMUNE_OF_NINH_BINH,
        "F05",
        "cal.2023",
        {**figures, "dvk_models_total": 1635},
        {"dvk_models_opening": "about"},
    )

    assert not codes(verdict_on(report, context))


def test_period_that_has_begun_may_be_reported(context: RuleContext) -> None:
    """The window opens at midnight in Vietnam, which is 17:00 of the day before in UTC."""
    report = Report("13285.2", "F05", "cal.2026-M12", {"work_days": 1})
    opening = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)

    assert codes(verdict_on(report, context, at=opening)) == {"period_still_runs"}
    assert codes(verdict_on(report, context, at=opening.replace(hour=16))) == {"future_period"}


def test_null_is_not_zero(context: RuleContext) -> None:
    """R13: null says "chưa báo cáo" and is kept as null; nothing makes a 0 of it."""
    verdict = verdict_on(models(total=1635, removed=None), context)

    assert verdict.validated
    assert verdict.validated.figures["dvk_models_removed"] is None
    assert "dvk_models_effective" not in verdict.validated.figures


@pytest.mark.parametrize("rule", RULES, ids=lambda it: it.code)
def test_rule_is_documented_and_named_by_its_code(rule: Rule) -> None:
    """A finding's code leads to the function of that name, and its docstring to the source."""
    source = inspect.getsource(rule.check)

    assert rule.summary.endswith(".")
    assert rule.source
    assert f'"{rule.code}"' in source or rule.code == "split_sums_to_total"


def test_withdrawals_face_the_rules_of_slots_only() -> None:
    """The common rules are the first of all rules."""
    assert RULES[: len(RULES_OF_SLOTS)] == RULES_OF_SLOTS
