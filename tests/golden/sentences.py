"""What the golden file says in sentences: a check for each, with the numbers of the file."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean

import pytest

from services.aggregator.domain.amounts import Amount, over_units
from services.aggregator.domain.errors import NotAdditive
from services.intake.domain.history import UnitHistory
from shared.reference.figures import rate_percent
from tests.builders.periods import year
from tests.golden.book import Page, computed
from tests.golden.scenarios import Story
from tests.golden.world import AFTER

Figures = Mapping[str, int | str | None]
Groups = tuple[str, ...]
_MOVES = ("closing", "opening", "new", "removed")
_CELLS = {it: f"dvk_models_{it}" for it in _MOVES} | {"closing": "dvk_models_total"}


def must_reject(page: Page, story: Story) -> None:
    """Judge a report with the mutation; the rule that is named must refuse it."""
    said = _answer(page["mutation"].text(), story, _MUTATIONS)

    rule = page["rule"].text()
    assert said.get(rule) == "reject", f"{page.where}: {said}"


def must_hold(page: Page, story: Story) -> None:
    """Hold a sentence."""
    _answer(page.text(), story, _TRUTHS)


def derived(page: Page, story: Story) -> None:
    """Hold a value against its formula, and against what our answers make of it."""
    page.only_words("caution")
    name, formula = page["indicator"].text(), page["formula"].text()
    if name == "bounds_at_5_to_11_per_board":
        _bounds(page, formula, story)
        return
    value = Decimal(str(page["value"].plain()))
    exact = computed(formula)
    assert _rounded(Decimal(exact.numerator) / exact.denominator, value) == value
    assert _rounded(_DERIVED[name](story), value) == value


def _answer(
    text: str, story: Story, table: Mapping[str, Callable[[Story, Groups], Mapping[str, str]]]
) -> Mapping[str, str]:
    found = [(it, check) for pattern, check in table.items() if (it := re.match(pattern, text))]
    assert len(found) == 1, f"nobody knows how to check: {text}"
    match, check = found[0]
    return check(story, match.groups())


def _rounded(value: Decimal, like: Decimal) -> Decimal:
    return value.quantize(like, rounding=ROUND_HALF_UP)


# -- must_reject ----------------------------------------------------------------------------------


def _someone(story: Story, form: str) -> str:
    """Return a unit of the roster that sends a form."""
    replay = story.replays[0]
    return next((it.unit for it in replay.reports if it.form == form), replay.reports[0].unit)


def _says(
    story: Story, form: str, figures: Figures, history: UnitHistory | None = None
) -> Mapping[str, str]:
    world, last = story.replays[0].world, story.span[1]
    unit = _someone(story, form)
    return world.says(unit, form, last.code, figures, history or UnitHistory())


def _closing(story: Story, groups: Groups) -> Mapping[str, str]:
    numbers = dict(zip(_MOVES, map(int, groups), strict=True))
    right = numbers | {"closing": numbers["opening"] + numbers["new"] - numbers["removed"]}
    assert "reject" not in _models(story, right).values()
    return _models(story, numbers)


def _removed(story: Story, groups: Groups) -> Mapping[str, str]:
    removed, opening, new = map(int, groups)
    all_of_them = {"opening": opening, "new": new, "removed": opening + new, "closing": 0}
    assert "reject" not in _models(story, all_of_them).values()
    return _models(story, all_of_them | {"removed": removed})


def _models(story: Story, moves: Mapping[str, int]) -> Mapping[str, str]:
    return _says(story, "F05", {_CELLS[name]: it for name, it in moves.items()})


def _over_carried_in(story: Story, _: Groups) -> Mapping[str, str]:
    def report(resolved: int) -> Mapping[str, str]:
        figures = {"pib_violations_detected": 5, "pib_cases_resolved": resolved}
        return _says(story, "F04", figures, UnitHistory(carried_in=(3,)))

    assert "reject" not in report(8).values()
    return report(9)


def _rate(story: Story, groups: Groups) -> Mapping[str, str]:
    numerator, denominator = int(groups[1]), int(groups[2])

    def report(rate: str) -> Mapping[str, str]:
        return _says(
            story,
            "F04",
            {
                "pib_supervisions": denominator,
                "pib_violations_detected": denominator,
                "pib_cases_resolved": numerator,
                "pib_resolution_rate": rate,
            },
        )

    assert "reject" not in report(str(rate_percent(numerator, denominator))).values()
    return report(groups[0])


def _over_communes(story: Story, groups: Groups) -> Mapping[str, str]:
    indicator = story.world.reference.catalogue.indicators[groups[0]]
    with pytest.raises(NotAdditive):
        over_units(indicator, [Amount(8958), Amount(8016)])
    commune = _someone(story, "F04")
    return story.replays[0].world.says(
        commune, indicator.forms[0], story.span[1].code, {indicator.code: "89.58"}
    )


def _fields(story: Story, groups: Groups) -> Mapping[str, str]:
    total, parts = map(int, groups)

    def report(classified: int) -> Mapping[str, str]:
        figures = {
            "dvk_models_total": total,
            "dvk_models_total[field=kinh_te]": classified - 1,
            "dvk_models_total[field=van_hoa_xa_hoi]": 1,
        }
        return _says(story, "F05", figures)

    assert "reject" not in report(total).values()
    return report(parts)


_MUTATIONS: Mapping[str, Callable[[Story, Groups], Mapping[str, str]]] = {
    r"closing (\d+) with opening (\d+), new (\d+), removed (\d+)$": _closing,
    r"removed (\d+) with opening (\d+) and new (\d+)$": _removed,
    r"unit with resolved > detected \+ carried_in$": _over_carried_in,
    r"unit sends rate ([\d.]+) with (\d+)/(\d+)$": _rate,
    r"sum of (\w+) over communes$": _over_communes,
    r"total (\d+) with fields summing to (\d+)$": _fields,
}


# -- must_hold ------------------------------------------------------------------------------------


def _ratio_of_sums(story: Story, groups: Groups) -> Mapping[str, str]:
    assert story.figure("pib_resolution_rate").value == groups[0]
    rates = [
        100 * resolved / detected
        for it in story.replays[0].reports
        if isinstance(detected := it.figures.get("pib_violations_detected"), int)
        and isinstance(resolved := it.figures.get("pib_cases_resolved"), int)
        and detected
    ]
    # The mean of the units' rates is another number, and nobody is told it.
    assert str(round(mean(rates), 1)) != groups[0]
    return {}


def _not_invertible(story: Story, groups: Groups) -> Mapping[str, str]:
    detected = story.value("pib_violations_detected")
    other = int(groups[0])
    assert other != story.value("pib_cases_resolved")
    assert str(rate_percent(other, detected)) == groups[1]
    assert story.figure("pib_resolution_rate").value == groups[1]
    return {}


def _readable_after_its_end(story: Story, groups: Groups) -> Mapping[str, str]:
    world, place = story.world, story.place
    assert f"{AFTER}" == groups[0]
    assert not world.reference.directory.alive(place.key, AFTER)
    assert not [it for it in world.reference.directory.below(place.key) if it.alive(AFTER)]
    assert story.value("guidance_documents_issued") > 0
    assert world.reference.directory.path(place.key)[0] == place.key
    return {}


def _old_member_rule(story: Story, groups: Groups) -> Mapping[str, str]:
    """Five members for each board: asked for from July 2023 on, and not before."""
    few = {"cisb_boards": 3, "cisb_members": 6, "pib_boards": 1, "pib_members": 5}
    assert groups == ("10/2022",)
    assert "reject" not in _says(story, "F04", few).values()
    today = story.world.communes("01.2", AFTER)[0]
    assert "reject" in story.world.says(today.key, "F04", "cal.2025", few).values()
    return {}


def _only_a_warning(story: Story, _: Groups) -> Mapping[str, str]:
    said = _says(story, "F05", {"dvk_models_total": 3, "dvk_models_recognised": 4})
    assert "warn" in said.values()
    assert "reject" not in said.values()
    return {}


def _nothing_is_sent(story: Story, _: Groups) -> Mapping[str, str]:
    assert story.replays[0].reports == ()
    assert {it.value for it in story.answer(*story.span).values()} == {None}
    return {}


def _unknown_is_not_none(story: Story, groups: Groups) -> Mapping[str, str]:
    answer = story.answer(*story.span)
    for cell in groups[0].split(", "):
        assert (answer[cell].value, answer[cell].display) == (None, "–")
    return {}


_TRUTHS: Mapping[str, Callable[[Story, Groups], Mapping[str, str]]] = {
    r"unit rates are not averaged: .* ratio of sums = ([\d.]+)$": _ratio_of_sums,
    r"resolved (\d+) also displays ([\d.]+), so": _not_invertible,
    r"a district-level total for a period before (\S+) stays readable": _readable_after_its_end,
    r"the member rule of Law (\S+) does not apply to this period$": _old_member_rule,
    r"recognised <= total is a warning only": _only_a_warning,
    r"an extraction or import of this text yields zero indicator values$": _nothing_is_sent,
    r"activities named without numbers stay unknown, not 0: (.+)$": _unknown_is_not_none,
}


# -- derived --------------------------------------------------------------------------------------


def _opening_minus_removed(story: Story) -> Decimal:
    """In every variant: what was there and was not struck off."""
    left = set()
    for one in story.replays[1:]:
        found = one.figures(*story.span)
        opening, removed = (found[f"dvk_models_{it}"].value for it in ("opening", "removed"))
        if removed is not None:
            left.add(int(str(opening)) - int(str(removed)))
    assert len(left) == 1
    return Decimal(left.pop())


def _ratio(story: Story) -> Decimal:
    numerator, denominator = map(story.value, ("pib_cases_resolved", "pib_violations_detected"))
    return Decimal(100 * numerator) / denominator


def _unresolved(story: Story) -> Decimal:
    return Decimal(story.value("pib_violations_detected") - story.value("pib_cases_resolved"))


def _rank_of_2021(story: Story) -> Decimal:
    return Decimal(str(story.answer(year(2021), year(2021))["par_index_rank"].value))


def _members_per_board(story: Story) -> Decimal:
    members, boards = map(story.value, ("oversight_members_combined", "oversight_boards_combined"))
    return Decimal(members) / boards


def _share_recognised(story: Story) -> Decimal:
    recognised, total = map(story.value, ("dvk_models_recognised", "dvk_models_total"))
    return Decimal(str(rate_percent(recognised, total)))


def _all_certificates(story: Story) -> Decimal:
    return Decimal(str(story.answer(*story.span)["awards_certificate_collective"].value))


_DERIVED: Mapping[str, Callable[[Story], Decimal]] = {
    "opening_minus_removed": _opening_minus_removed,
    "pib_resolution_rate_unrounded": _ratio,
    "pib_cases_unresolved": _unresolved,
    "par_index_rank_2021": _rank_of_2021,
    "mean_members_per_board": _members_per_board,
    "recognised_share_of_total": _share_recognised,
    "certificates_collective_all": _all_certificates,
}


def _bounds(page: Page, formula: str, story: Story) -> None:
    """Hold that members lie within what their boards may have, and that our rule has the bounds."""
    bounds = page["value"].numbers()
    assert bounds == [int(computed(it)) for it in formula.split("..")]
    boards, members = (story.value(f"oversight_{it}_combined") for it in ("boards", "members"))
    assert bounds[0] <= members <= bounds[1]
    least, most = (it // boards for it in bounds)
    for count, asked in ((least - 1, True), (least, False), (most, False), (most + 1, True)):
        said = _says(story, "F04", {"pib_boards": 1, "pib_members": count})
        assert bool(said) is asked, (count, said)
