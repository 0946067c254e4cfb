"""What the articles state and no form asked for: it gets in, and only what is true of it."""

import pytest

from services.intake.domain.rule_context import RuleContext
from tests.builders.intake import COMMUNE_OF_HA_NOI, HA_NOI, Report, codes, models, verdict_on
from tests.builders.periods import period


@pytest.mark.parametrize(
    ("form", "older", "newer", "versions"),
    [
        ("F01", "petitions_carried_in", "committees_renewed", (2, 3)),
        ("F05", "dvk_models_total", "cameras_installed", (1, 2)),
        ("F06", "online_delegates", "exchange_visits", (1, 2)),
    ],
)
def test_who_leaves_the_additions_out_has_reported_the_version_before(
    form: str, older: str, newer: str, versions: tuple[int, int], context: RuleContext
) -> None:
    """An old body sent again is the same report; nobody must fill in what was added."""
    compiled = context.compiled(form, period("cal.2023"))
    assert compiled is not None

    assert tuple(compiled.form.oldest_with([it]) for it in (older, newer)) == versions
    assert not {it for it in compiled.required if it == newer}


def test_a_half_known_level_is_said_as_such(context: RuleContext) -> None:
    """Long An: 251 recognised "at district and grassroots level", nobody knows how many of each."""
    level = {"recognised[recognition_level=khong_phan_loai]": 251}

    assert codes(verdict_on(models(total=963, recognised=251, **level), context)) == set()
    short = verdict_on(models(total=963, recognised=250, **level), context)
    assert codes(short) == {"split_sums_to_total"}


@pytest.mark.parametrize(("stated", "found"), [(0, set()), (1, set()), (15, {"yes_or_no"})])
def test_a_milestone_is_reached_or_not(stated: int, found: set[str], context: RuleContext) -> None:
    """A unit says whether it has a dialogue regulation; how many have one is a total."""
    figures = {"dialogue_regulation_issued": stated}
    report = Report(COMMUNE_OF_HA_NOI, "F01", "cal.2023", figures)

    assert codes(verdict_on(report, context)) - {"yearly_dialogue", "empty_report"} == found


def test_pledges_are_of_those_whose_land_is_cleared(context: RuleContext) -> None:
    """Of all projects and of each: nobody pledges who has nothing to hand over."""
    project = "project=vanh_dai_4"
    figures: dict[str, object] = {
        "clearance_households": 120,
        f"clearance_households[{project}]": 100,
        "clearance_households[project=other]": 20,
        "clearance_households_pledged": 100,
        f"clearance_households_pledged[{project}]": 100,
        "clearance_households_pledged[project=other]": 0,
    }
    report = Report(COMMUNE_OF_HA_NOI, "F01", "cal.2023", figures)
    assert codes(verdict_on(report, context)) == set()

    too_many = {
        f"clearance_households_pledged[{project}]": 101,
        "clearance_households_pledged": 101,
    }
    changed = Report(COMMUNE_OF_HA_NOI, "F01", "cal.2023", figures | too_many)
    assert codes(verdict_on(changed, context)) == {"part_within_whole"}


def test_an_exchange_has_a_host_and_a_guest(context: RuleContext) -> None:
    """Ninh Bình received, Thành phố Hồ Chí Minh came: one visit, told by each with its role."""
    figures = {
        "exchange_visits": 1,
        "exchange_visits[role=host]": 1,
        "exchange_visits[role=guest]": 0,
    }

    assert codes(verdict_on(Report(HA_NOI, "F06", "cal.2024", figures), context)) == set()
