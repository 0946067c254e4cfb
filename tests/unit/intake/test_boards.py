"""Boards and their members: R8 and R9, before and after the law of 1 July 2023."""

import pytest

from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.violations import Renderer
from shared.reference.deadlines import Due
from shared.reference.directory import Directory, Unit
from tests.builders.intake import COMMUNE_OF_HA_NOI, NOON, Report, codes, verdict_on

BEFORE, SINCE = "nd09.2023-M06", "nd09.2023-M07"
"""The decree's June closes on 14 June 2023 and its July on 14 July."""

COMMUNE_OF_HA_TINH = "18073.1"


def front(period: str, **figures: object) -> Report:
    """Return a report of the Fatherland Front of a commune of Hà Nội."""
    return Report(COMMUNE_OF_HA_NOI, "F04", period, figures)


def severities(report: Report, context: RuleContext) -> dict[str, str]:
    """Return what is said of a report, and how heavily it weighs."""
    return {it.code: it.severity for it in verdict_on(report, context).violations}


@pytest.mark.parametrize(
    ("boards", "members", "asked"),
    [(1, 4, True), (1, 5, False), (1, 11, False), (1, 12, True), (0, 0, False), (0, 1, True)],
)
def test_board_of_a_commune_had_five_to_eleven_members(
    boards: int, members: int, asked: bool, context: RuleContext
) -> None:
    """R8 until 30 June 2023; a board that does not exist has no members."""
    found = severities(front(BEFORE, pib_boards=boards, pib_members=members), context)

    assert found == ({"pib_members_before_2023": "warn"} if asked else {})


@pytest.mark.parametrize(
    ("boards", "members", "asked"),
    [(1, 4, True), (1, 5, False), (1, 27, False), (0, 0, False), (0, 1, True)],
)
def test_board_has_a_member_for_each_village_and_at_least_five(
    boards: int, members: int, asked: bool, context: RuleContext
) -> None:
    """R8 since then; 27 villages make 27 members, and how many there are we are not told."""
    found = severities(front(SINCE, pib_boards=boards, pib_members=members), context)

    assert found == ({"pib_members": "warn"} if asked else {})


@pytest.mark.parametrize("period", [BEFORE, SINCE])
def test_commune_has_one_board(period: str, context: RuleContext) -> None:
    """Before the law and after it."""
    assert "pib_boards_of_commune" in severities(front(period, pib_boards=2), context)
    assert not severities(front(period, pib_boards=1), context)


def test_boards_may_be_reported_without_members(context: RuleContext) -> None:
    """Not reported is not none."""
    for period in (BEFORE, SINCE):
        assert not severities(front(period, pib_boards=1, pib_members=None), context)
        assert not severities(front(period, pib_boards=None, pib_members=3), context)


@pytest.mark.parametrize(("members", "refused"), [(9, True), (10, False), (40, False)])
def test_supervision_boards_have_five_members_each(
    members: int, refused: bool, context: RuleContext
) -> None:
    """R9 since 1 July 2023, and not a day earlier."""
    figures = {"cisb_boards": 2, "cisb_members": members}

    assert not severities(front(BEFORE, **figures), context)
    found = severities(front(SINCE, **figures), context)
    assert found == ({"cisb_members": "reject"} if refused else {})


def test_combined_figures_of_ha_tinh_city_pass(context: RuleContext) -> None:
    """17 boards and 167 members in 15 wards in 2022: neither kind is stated, no rule may guess."""
    share = {"oversight_boards_combined": 2, "oversight_members_combined": 12}
    report = Report(COMMUNE_OF_HA_TINH, "F04", "cal.2022", share)

    assert not codes(verdict_on(report, context))


def test_combined_figures_are_the_sum_where_both_kinds_are_given(context: RuleContext) -> None:
    """Otherwise the reader of a total would see three numbers and believe none."""
    right = {
        "pib_boards": 1,
        "cisb_boards": 2,
        "oversight_boards_combined": 3,
        "pib_members": 9,
        "cisb_members": 12,
        "oversight_members_combined": 21,
    }

    assert not codes(verdict_on(front(SINCE, **right), context))
    for cell in ("oversight_boards_combined", "oversight_members_combined"):
        wrong = front(SINCE, **right | {cell: 4})
        assert codes(verdict_on(wrong, context)) == {"combined_is_sum"}
    one_kind = {**right, "cisb_boards": None, "oversight_boards_combined": 17}
    assert not codes(verdict_on(front(SINCE, **one_kind), context))


@pytest.fixture
def offices(context: RuleContext) -> RuleContext:
    """Return what a judge knows of a province with an agency and an enterprise."""
    directory = Directory(
        [
            Unit("01.2", "01", "province", "thanh_pho", "Hà Nội", None, None, None),
            Unit("SNV.1", "SNV", "agency", "co_quan", "Sở Nội vụ", "01.2", None, None),
            Unit("DN.1", "DN", "enterprise", "dn_nha_nuoc", "Công ty A", "01.2", None, None),
        ]
    )
    return build_rule_context(context.catalogue, directory, lambda *_: Due(NOON, "a letter"))


@pytest.mark.parametrize(
    ("boards", "members", "refused"),
    [(1, 2, True), (1, 3, False), (1, 9, False), (1, 10, True), (3, 27, False), (3, 28, True)],
)
def test_board_of_an_agency_has_three_to_nine_members(
    boards: int, members: int, refused: bool, offices: RuleContext
) -> None:
    """R8, at all times; an agency reports for itself and what is below it."""
    for period in (BEFORE, SINCE):
        report = Report("SNV.1", "F02", period, {"pib_boards": boards, "pib_members": members})

        found = severities(report, offices)

        assert found == ({"pib_members_of_agency": "reject"} if refused else {})


def test_nobody_has_seen_how_large_the_board_of_an_enterprise_is(offices: RuleContext) -> None:
    """No rule is made up: see Art. 77 in docs/DOMAIN.md#what-nobody-could-confirm."""
    for period in (BEFORE, SINCE):
        report = Report("DN.1", "F03", period, {"pib_boards": 1, "pib_members": 2})

        assert not severities(report, offices)


def test_findings_are_sentences(
    context: RuleContext, offices: RuleContext, render: Renderer
) -> None:
    """With every number in its place."""
    verdicts = [
        verdict_on(front(BEFORE, pib_boards=2, pib_members=4), context),
        verdict_on(front(SINCE, pib_boards=1, pib_members=4, cisb_boards=1), context),
        verdict_on(front(SINCE, cisb_boards=3, cisb_members=14), context),
        verdict_on(Report("SNV.1", "F02", SINCE, {"pib_boards": 1, "pib_members": 2}), offices),
    ]

    said = [render(violation) for verdict in verdicts for violation in verdict.violations]

    assert {it.code for it in said} == {
        "pib_boards_of_commune",
        "pib_members_before_2023",
        "pib_members",
        "cisb_members",
        "pib_members_of_agency",
    }
    assert all("{" not in it.message for it in said)
    assert "ít nhất 15 thành viên" in "".join(it.message for it in said)
