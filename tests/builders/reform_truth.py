"""
A country in which we know what is true, before and after a reform, and what honest units say of it.

Models and open petitions are passed on piece by piece: nothing comes out of nothing, and what no
unit takes over is counted. Every figure that a unit states is one that it has.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from shared.reference.acts import Decision
from shared.reference.decisions import UnitClosed
from shared.reference.lineage import Lineage
from shared.reference.slots import Slot
from shared.reference.units import Unit
from tests.builders.reforms import NOWHERE, Country, moved, opened, passing, unit

REFORM = date(2025, 7, 1)
QUARTERS = ("cal.2025-Q1", "cal.2025-Q2", "cal.2025-Q3", "cal.2025-Q4")
HALVES = ("cal.2024-H2", "cal.2025-H1", "cal.2025-H2", "cal.2026-H1")
"""Two periods before the reform and two after it."""

NEVER = ""
"""Where a district's models went that no unit took over."""


@dataclass
class Truth:
    """Who has what, and what everybody reports of it when asked."""

    country: Country
    models: Counter[str] = field(default_factory=Counter)
    petitions: Counter[str] = field(default_factory=Counter)
    reports: dict[Slot, dict[str, int]] = field(default_factory=dict)
    heirs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By commune of before: into which units it passed, with itself if it lived on."""
    received: dict[str, Counter[str]] = field(default_factory=dict)
    """By unit of after: how many models it had of which unit of before."""
    unclaimed: Counter[str] = field(default_factory=Counter)
    """By district: how many models nobody took over."""

    @property
    def lineage(self) -> Lineage:
        """The links of the reform."""
        return self.country.lineage

    def districts_of(self, heir: str) -> Mapping[str, int]:
        """Return what a unit took over from districts."""
        return {it: n for it, n in self.received[heir].items() if it not in self.heirs and n}


def drawn_truth(rng: Random) -> tuple[Truth, Sequence[str]]:
    """Draw a country, two periods, its reform, and two periods more."""
    periods = rng.choice([QUARTERS, HALVES])
    truth = Truth(_before(rng))
    for key in (it.key for it in truth.country.directory):
        if truth.country.directory.states(key)[-1].level != "province":
            truth.models[key] = rng.randint(0, _SMALL)
            truth.petitions[key] = rng.randint(0, _SMALL)
    for period in periods[:2]:
        _live_through(rng, truth, period, date(2025, 6, 30))
    _reform(rng, truth)
    _pass_on(rng, truth)
    for period in periods[2:]:
        _live_through(rng, truth, period, REFORM)
    return truth, periods


_SMALL = 6


def _before(rng: Random) -> Country:
    units = []
    for n in range(rng.randint(1, 3)):
        units.append(unit(f"P{n}.1", "province", None))
        for m in range(rng.randint(1, 2)):
            units.append(unit(f"D{n}{m}.1", "district", f"P{n}.1"))
            communes = range(rng.randint(1, 4))
            units += [unit(f"C{n}{m}{k}.1", "commune", f"D{n}{m}.1") for k in communes]
    return Country(units)


def _live_through(rng: Random, truth: Truth, period: str, day: date) -> None:
    """Let everybody win and lose models, and communes receive and settle petitions."""
    for it in truth.country.alive(day, "commune", "district"):
        key = it.key
        had, new = truth.models[key], rng.randint(0, _SMALL)
        removed = rng.randint(0, had + new)
        truth.models[key] = had + new - removed
        truth.reports[Slot(key, "F05", period)] = {
            "dvk_models_opening": had,
            "dvk_models_new": new,
            "dvk_models_removed": removed,
            "dvk_models_total": truth.models[key],
        }
        if it.level == "commune":
            waiting, arisen = truth.petitions[key], rng.randint(0, _SMALL)
            settled = rng.randint(0, waiting + arisen)
            truth.petitions[key] = waiting + arisen - settled
            truth.reports[Slot(key, "F01", period)] = {
                "petitions_received": arisen,
                "petitions_eligible": arisen,
                "petitions_competent": arisen,
                "petitions_resolved": settled,
                "petitions_carried_in": waiting,
            }


def _reform(rng: Random, truth: Truth) -> None:
    """Provinces merge, districts end; communes merge, are divided, cede a part, or live on."""
    country = truth.country
    old = [it.key for it in country.alive(REFORM, "province")]
    provinces = {it: f"N{rng.randint(0, 1)}.2" for it in old}
    below = {it.key: provinces[country.directory.province(it.key)] for it in _communes(country)}
    merged = tuple(passing(it, new, "whole") for it, new in provinces.items())
    acts = [Decision("NQ", REFORM, passings=merged)]
    for province in sorted(set(provinces.values())):
        acts.append(Decision("NQ", REFORM, (opened(province, "province", None, REFORM),)))
        acts += _redraw(rng, truth, [it for it in below if below[it] == province], province)
    closings = tuple(UnitClosed(it.key, NOWHERE) for it in country.alive(REFORM, "district"))
    country.decide(
        Decision(
            "NQ",
            REFORM,
            tuple(it for act in acts for it in act.openings),
            tuple(it for act in acts for it in act.passings),
            tuple(it for act in acts for it in act.changes),
            closings,
        )
    )
    if rng.random() < 0.5:
        doubtful = rng.randrange(len(country.links))
        country.links[doubtful] = replace(country.links[doubtful], verified=False)
        country.lineage = Lineage(country.links)


def _communes(country: Country) -> Sequence[Unit]:
    return country.alive(REFORM, "commune")


def _redraw(
    rng: Random, truth: Truth, communes: Sequence[str], province: str
) -> Iterator[Decision]:
    """Yield what becomes of each commune of a new province, and the new communes at last."""
    new = [f"{province[:2]}C{n}.2" for n in range(rng.randint(0, 3))]
    for commune in communes:
        lives_on = not new or rng.random() < 0.5
        targets = [*new, *(it for it in communes if truth.heirs.get(it) == (it,))]
        least = 0 if lives_on else 1
        most = min(len(targets), 2)
        into = rng.sample(targets, rng.randint(least, most))
        kind = "whole" if len(into) == 1 and not lives_on else "part"
        truth.heirs[commune] = ((commune,) if lives_on else ()) + tuple(into)
        yield Decision(
            "NQ",
            REFORM,
            passings=tuple(passing(commune, it, kind, ends=not lives_on) for it in into),
            changes=(moved(commune, province),) if lives_on else (),
        )
    used = {heir for heirs in truth.heirs.values() for heir in heirs}
    openings = tuple(opened(it, "commune", province, REFORM) for it in new if it in used)
    yield Decision("NQ", REFORM, openings=openings)


def _pass_on(rng: Random, truth: Truth) -> None:
    """Give every model and every open petition of before to one of the heirs."""
    models, petitions = truth.models, truth.petitions
    truth.models, truth.petitions = Counter(), Counter()
    heirs_of = dict(truth.heirs)
    for district in (it for it in models if it not in truth.heirs):
        below = [it for it in truth.heirs if it[1:3] == district[1:3]]
        heirs_of[district] = (*sorted({h for it in below for h in truth.heirs[it]}), NEVER)
    truth.received = {it: Counter() for heirs in truth.heirs.values() for it in heirs}
    for old, heirs in heirs_of.items():
        for heir, number in _shares(rng, models[old], heirs):
            if heir == NEVER:
                truth.unclaimed[old] += number
            else:
                truth.models[heir] += number
                truth.received[heir][old] += number
        if old in truth.heirs:
            for heir, number in _shares(rng, petitions[old], heirs):
                truth.petitions[heir] += number


def _shares(rng: Random, number: int, heirs: Sequence[str]) -> Sequence[tuple[str, int]]:
    shares = []
    for heir in heirs[:-1]:
        shares.append((heir, rng.randint(0, number)))
        number -= shares[-1][1]
    return [*shares, (heirs[-1], number)]
