"""Real figures of other provinces: funnels, sums, half-up rates, units of measure, ranks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise

from services.intake.domain.judge import ValidatedReport
from services.intake.domain.measures import convert
from shared.reference import vietnamese
from shared.reference.directory import Unit
from shared.reference.figures import Qualifier, rate_percent
from shared.reference.forms import Cell
from tests.builders.periods import period
from tests.golden import areas
from tests.golden.book import Page, computed
from tests.golden.world import AFTER, World
from tools.demo.reports import FigureValue, Report, complete

_FIRST_YEAR = 2017
"""Before it we have no form; older figures are judged as if they were of it."""
_SUM = re.compile(r"([\d+\-*/ ]+) = ([\d.]+)(?: [a-z].*)?")


@dataclass(frozen=True)
class Case:
    """One extra scenario and the year that it is of."""

    page: Page
    world: World
    year: int

    def whole(self, name: str) -> int:
        """Read one fact."""
        return self.page["facts"][name].number()

    def text(self, name: str) -> str:
        """Read one fact that is a decimal."""
        return self.page["facts"][name].text()

    def says(
        self,
        form: str,
        figures: Mapping[str, FigureValue],
        unit: Unit | None = None,
    ) -> Mapping[str, str]:
        """Judge figures as a commune, or the unit given, would send them."""
        sender = unit or self.commune
        return self.world.says(sender.key, form, f"cal.{self.year}", figures)

    def accepts(
        self,
        form: str,
        figures: Mapping[str, FigureValue],
        unit: Unit | None = None,
    ) -> None:
        """Hold that no rule refuses the figures."""
        said = self.says(form, figures, unit)
        assert "reject" not in said.values(), said

    @property
    def commune(self) -> Unit:
        """Return any commune that existed at the end of the year."""
        day = period(f"cal.{self.year}").last_day
        province = "01.1" if day < AFTER else "01.2"
        return self.world.communes(province, day)[0]


def extra(page: Page, world: World) -> None:
    """Judge a scenario's figures, and hold each of its checks."""
    page.only_words("url", "status")
    name = page["id"].text()
    found = re.search(r"_(\d{4})", name)
    case = Case(page, world, max(_FIRST_YEAR, int(found[1])) if found else 2023)
    _CASES[name](case)
    for sentence in page["checks"]:
        _holds(sentence.text(), case)


def _pib(case: Case) -> None:
    recommended, resolved = case.whole("pib_cases_recommended"), case.whole("pib_cases_resolved")
    shown = case.text("rate_displayed")
    figures: dict[str, FigureValue] = {
        "pib_supervisions": recommended,
        "pib_violations_detected": recommended,
        "pib_cases_recommended": recommended,
        "pib_cases_resolved": resolved,
        "pib_resolution_rate": shown,
    }
    case.accepts("F04", figures)
    below = str(Decimal(shown) - Decimal("0.1"))
    assert case.says("F04", figures | {"pib_resolution_rate": below})["rate_agrees"] == "reject"
    assert str(rate_percent(resolved, recommended)) == shown


def _cisb(case: Case) -> None:
    results = ("compliant", "violating", "undetermined")
    parts = {
        Cell("cisb_projects_supervised", (("result", it),)).key: case.whole(it) for it in results
    }
    total = {"cisb_projects_supervised": case.whole("cisb_projects_supervised")}

    case.accepts("F04", {**total, **parts})
    one_less = {cell: it + (cell == min(parts)) for cell, it in parts.items()}
    assert case.says("F04", {**total, **one_less})["split_sums_to_total"] == "reject"


def _petitions(case: Case) -> None:
    funnel = [f"petitions_{it}" for it in ("received", "eligible", "competent", "resolved")]
    figures: dict[str, FigureValue] = {it: case.whole(it) for it in funnel}
    visits = {"reception_visits": case.whole("reception_visits")}
    rate = rate_percent(case.whole("petitions_resolved"), case.whole("petitions_competent"))

    case.accepts("F01", {**figures, **visits, "petition_resolution_rate": str(rate)})
    figures["petitions_carried_in"] = 0
    for wider, narrower in pairwise(funnel):
        over = {**figures, narrower: case.whole(wider) + 1}
        assert "reject" in case.says("F01", {**over, **visits}).values(), narrower


def _models_2021(case: Case) -> None:
    names = ("dvk_models_registered", "dvk_models_effective")
    case.accepts("F05", {it: case.whole(it) for it in names})
    assert case.whole("effective_increase_on_2020") > 0


def _kinds(case: Case) -> None:
    parts = {
        Cell("dvk_models_total", (("kind", it),)).key: case.whole(f"kind_{it}")
        for it in ("mo_hinh", "dien_hinh")
    }
    total = {"dvk_models_total": case.whole("dvk_models_total")}

    case.accepts("F05", {**total, **parts})
    more = {"dvk_models_total": total["dvk_models_total"] + 1}
    assert case.says("F05", {**more, **parts})["split_sums_to_total"] == "reject"


def _contributions(case: Case) -> None:
    days = case.page["facts"]["work_days"]
    hectares = case.text("land_donated_ha")
    figures: dict[str, FigureValue] = {
        "dvk_models_registered": case.whole("dvk_models_registered"),
        "work_days": days["value"].number(),
        "land_donated_m2": hectares,
    }
    qualifier = Qualifier(days["qualifier"].text())
    more = {"entered_in": {"land_donated_m2": "ha"}, "qualifiers": {"work_days": qualifier.value}}
    validated = _standing(case, "F05", figures, more)

    indicator = case.world.reference.catalogue.indicators["land_donated_m2"]
    square_metres = Decimal(convert(hectares, "ha", indicator)).scaleb(-indicator.scale)
    assert Decimal(str(validated.figures["land_donated_m2"])) == square_metres
    shown = vietnamese.qualified(days["value"].number(), qualifier)
    assert shown.startswith("khoảng ")


def _standing(
    case: Case, form: str, figures: Mapping[str, FigureValue], also: Mapping[str, object]
) -> ValidatedReport:
    its = period(f"cal.{case.year}")
    version = case.world.reference.catalogue.form(form, its)
    assert version is not None
    whole = complete(figures, version, case.world.reference.catalogue)
    verdict = case.world.verdict(Report(case.commune.key, form, its.code, whole), also=also)
    assert verdict.validated is not None, verdict.violations
    return verdict.validated


def _index(case: Case) -> None:
    province = case.world.unit(80, "province", period(f"cal.{case.year}").last_day)
    score, rank, out_of = case.text("pci_score"), case.whole("pci_rank"), case.whole("out_of")
    indicator = case.world.reference.catalogue.indicators["pci_rank"]

    case.accepts("F07", {"pci_score": score, "pci_rank": rank}, province)
    assert indicator.ranked_among(case.year) == out_of
    assert vietnamese.rank(rank, indicator.ranked_among(case.year)) == f"{rank}/{out_of}"
    over: dict[str, FigureValue] = {"pci_score": score, "pci_rank": out_of + 1}
    assert "reject" in case.says("F07", over, province).values()


def _roster(case: Case) -> None:
    today = areas.province_named(case.world, "Tây Ninh", AFTER)
    areas.party_roster(case.page["facts"], case.world, today.key)


_CASES: Mapping[str, Callable[[Case], None]] = {
    "hai_duong_2020_pib": _pib,
    "hai_duong_2020_cisb": _cisb,
    "dak_lak_petitions": _petitions,
    "brvt_2021_models": _models_2021,
    "dat_do_2023_models": _kinds,
    "ninh_binh_2014_contributions": _contributions,
    "long_an_pci_2023": _index,
    "tay_ninh_2025_roster": _roster,
}


# -- what the checks say --------------------------------------------------------------------------


def _holds(sentence: str, case: Case) -> None:
    if sum_of := _SUM.fullmatch(sentence):
        exact = computed(sum_of[1].strip())
        stated = Decimal(sum_of[2])
        value = Decimal(exact.numerator) / exact.denominator
        assert value.quantize(stated, rounding=ROUND_HALF_UP) == stated
        assert {int(it) for it in re.findall(r"\d+", sum_of[1])} - {100} <= _numbers(case)
        return
    found = [
        (it, check) for pattern, check in _CHECKS.items() if (it := re.fullmatch(pattern, sentence))
    ]
    assert len(found) == 1, f"nobody knows how to check: {sentence}"
    match, check = found[0]
    check(case, *match.groups())


def _numbers(case: Case) -> set[int]:
    """Return all whole numbers among the facts."""
    return {it.number() for _, it in case.page["facts"].parts() if isinstance(it.value, int)}


def _rounding(case: Case, half_up: str, cut_off: str) -> None:
    resolved, recommended = case.whole("pib_cases_resolved"), case.whole("pib_cases_recommended")
    exact = Decimal(100 * resolved) / recommended
    assert str(rate_percent(resolved, recommended)) == half_up
    assert str(exact.quantize(Decimal("0.1"), rounding=ROUND_DOWN)) == cut_off


def _at_most(case: Case, less: str, more: str) -> None:
    assert {int(less), int(more)} <= _numbers(case)
    assert int(less) <= int(more)
    figures = {"dvk_models_registered": int(more), "dvk_models_effective": int(less)}
    case.accepts("F05", figures)


def _effective_before(case: Case, year: str, effective: str) -> None:
    name = f"effective_increase_on_{year}"
    assert case.whole("dvk_models_effective") - case.whole(name) == int(effective)


def _area(case: Case, hectares: str, square_metres: str) -> None:
    assert hectares == case.text("land_donated_ha")
    indicator = case.world.reference.catalogue.indicators["land_donated_m2"]
    assert convert(hectares, "ha", indicator) == int(square_metres) * 10**indicator.scale


def _rank_before(case: Case, year: str, rank: str) -> None:
    assert int(year) == case.year - 1
    assert case.whole("pci_rank") + case.whole("rank_change") == int(rank)


def _score_before(case: Case, year: str, score: str) -> None:
    assert int(year) == case.year - 1
    assert Decimal(case.text("pci_score")) - Decimal(case.text("score_change")) == Decimal(score)


def _funnel(case: Case, *names: str) -> None:
    values = [case.whole(f"petitions_{it}") for it in names]
    assert values == sorted(values, reverse=True)


_CHECKS: Mapping[str, Callable[..., None]] = {
    r"half-up gives ([\d.]+), truncation would give ([\d.]+)": _rounding,
    r"(\d+) <= (\d+)": _at_most,
    r"(\d+) effective = (\d+)": _effective_before,
    r"([\d.]+) ha = (\d+) m2": _area,
    r"(\d+) rank = (\d+)": _rank_before,
    r"(\d+) score = ([\d.]+)": _score_before,
    r"(\w+) >= (\w+) >= (\w+) >= (\w+)": _funnel,
}
