"""Parts and wholes: nobody settles more petitions than arrived, nor asks more households."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from tests.builders.intake import (
    COMMUNE_OF_HA_NOI,
    COMMUNE_OF_NINH_BINH,
    Report,
    codes,
    verdict_on,
)

GOLDEN = Path(__file__).parents[2] / "articles" / "golden.yaml"
AGENCY_FORM, ENTERPRISE_FORM = "F02", "F03"
FEW = settings(max_examples=80, deadline=None)
COUNT = st.none() | st.integers(0, 20)
FUNNEL = ("petitions_received", "petitions_eligible", "petitions_competent")
# What is at most what, and the form that asks for both.
PAIRS = (
    ("F01", "households_approving", "households_consulted"),
    ("F01", "opinions_accepted", "opinions_collected"),
    ("F01", "dialogue_opinions_answered", "dialogue_opinions"),
    ("F01", "mediation_successes", "mediation_cases"),
    ("F01", "clearance_households_handed_over", "clearance_households"),
    ("F04", "opinions_accepted", "opinions_collected"),
    ("F04", "pib_cases_recommended", "pib_violations_detected"),
    ("F05", "dvk_models_effective", "dvk_models_total"),
    (AGENCY_FORM, "staff_conferences_held", "staff_conferences_due"),
    (ENTERPRISE_FORM, "labour_conferences_held", "labour_conferences_due"),
)


def extra(name: str) -> dict[str, Any]:
    """Return the figures of one of the oracle's extra scenarios."""
    scenarios = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["extra_scenarios"]
    (reference,) = [it["facts"] for it in scenarios if it["id"] == name]
    return dict(reference)


def said(form: str, context: RuleContext, **figures: object) -> set[str]:
    """Return what is said of a report for the year before the law."""
    return codes(verdict_on(Report(COMMUNE_OF_HA_NOI, form, "cal.2022", figures), context))


def test_petitions_of_dak_lak_pass(context: RuleContext) -> None:
    """3.352 received, 2.583 eligible, 138 of own competence, 118 resolved; 85,5%."""
    rate = {"petition_resolution_rate": "85.5"}

    assert not said("F01", context, **extra("dak_lak_petitions"), **rate)


@pytest.mark.parametrize("narrower", FUNNEL[1:])
def test_petitions_that_widen_are_refused(narrower: str, context: RuleContext) -> None:
    """One more than the step before, wherever it happens."""
    reference = extra("dak_lak_petitions")
    wider = FUNNEL[FUNNEL.index(narrower) - 1]

    assert "petition_funnel" in said("F01", context, **reference | {narrower: reference[wider] + 1})


@FEW
@given(st.lists(COUNT, min_size=3, max_size=3))
def test_petitions_only_ever_become_fewer(context: RuleContext, counts: list[int | None]) -> None:
    """Over whatever steps are reported: a gap in the middle hides nothing."""
    known = [it for it in counts if it is not None]

    found = said("F01", context, **dict(zip(FUNNEL, counts, strict=True)))

    assert ("petition_funnel" in found) == (known != sorted(known, reverse=True))


@pytest.mark.parametrize(("form", "part", "whole"), PAIRS)
def test_part_is_never_more_than_its_whole(
    form: str, part: str, whole: str, context: RuleContext
) -> None:
    """As many is right, one more is wrong, and what is not reported cannot be wrong."""
    assert "part_within_whole" not in said(form, context, **{part: 7, whole: 7})
    assert "part_within_whole" not in said(form, context, **{part: 7, whole: None})
    assert "part_within_whole" in said(form, context, **{part: 8, whole: 7})


def test_figure_that_is_not_exact_is_no_limit(context: RuleContext) -> None:
    """More than five households may well be eight."""
    figures = {"households_consulted": 5, "households_approving": 8}
    report = Report(
        COMMUNE_OF_HA_NOI, "F01", "cal.2022", figures, {"households_consulted": "at_least"}
    )

    assert not codes(verdict_on(report, context))


def test_models_of_ba_ria_vung_tau_pass(context: RuleContext) -> None:
    """1.808 of 2.071 registered models work well; how many there are in all is not stated."""
    reference = extra("brvt_2021_models")
    names = ("dvk_models_registered", "dvk_models_effective")
    figures = {it: reference[it] for it in names}

    assert not codes(verdict_on(Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2021", figures), context))


@pytest.mark.parametrize(
    ("rule", "form", "usual", "unusual"),
    [
        (
            "attendances_without_sessions",
            "F01",
            {"propaganda_sessions": 1, "propaganda_attendances": 40},
            {"propaganda_sessions": 0, "propaganda_attendances": 40},
        ),
        (
            "attendances_without_sessions",
            "F01",
            {"training_courses": 0, "training_attendances": 0},
            {"training_courses": 0, "training_attendances": 1},
        ),
        (
            "violations_within_supervisions",
            "F04",
            {"pib_supervisions": 2, "pib_violations_detected": 2},
            {"pib_supervisions": 2, "pib_violations_detected": 3},
        ),
        (
            "violations_recommended",
            "F04",
            {"pib_violations_detected": 3, "pib_cases_recommended": 3},
            {"pib_violations_detected": 3, "pib_cases_recommended": 2},
        ),
    ],
)
def test_what_is_only_unusual_is_a_warning(
    rule: str,
    form: str,
    usual: dict[str, object],
    unusual: dict[str, object],
    context: RuleContext,
) -> None:
    """One supervision may find two violations; the report counts, and its sender is asked."""
    report = Report(COMMUNE_OF_HA_NOI, form, "cal.2022", unusual)
    verdict = verdict_on(report, context)

    assert rule not in said(form, context, **usual)
    assert {it.code: it.severity for it in verdict.violations} == {rule: "warn"}
    assert verdict.validated is not None


RECOMMENDATIONS = Report(
    COMMUNE_OF_HA_NOI,
    "F04",
    "cal.2022",
    {"supervision_recommendations": 3, "supervision_recommendations_resolved": 5},
)


@pytest.mark.parametrize(
    ("note", "asked"), [(None, True), ("  \n", True), ("Hai của 2021.", False)]
)
def test_a_note_answers_what_asks_for_one(
    note: str | None, asked: bool, context: RuleContext, render: Renderer
) -> None:
    """Nobody keeps the recommendations of earlier periods, so the unit says it in words."""
    verdict = verdict_on(RECOMMENDATIONS, context, note=note)

    assert verdict.validated is not None
    assert [it.code for it in verdict.violations] == ["recommendations_resolved"] * asked
    assert all(render(it).severity == "needs_note" for it in verdict.violations)


def test_who_comes_again_is_one_person_on_two_visits(context: RuleContext) -> None:
    """The article's "6.694 lượt người" is of visits; more of them than persons is a question."""
    figures = {"reception_visits": 120, "reception_persons": 110}
    verdict = verdict_on(Report(COMMUNE_OF_HA_NOI, "F01", "cal.2022-Q1", figures), context)

    assert codes(verdict) == {"visits_within_persons"}
    assert verdict.validated is not None
