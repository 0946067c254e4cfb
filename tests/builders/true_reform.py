"""
Random reforms of 1 July 2025 as they truly went: who became what, and what everybody had.

Provinces merge, districts end, communes pass wholly or in parts. Stocks and open cases pass with
them, and what a district had goes to communes made of its own, or for a part to nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

from shared.reference.directory import Unit
from shared.reference.lineage import Link
from tests.builders.intake import Report
from tests.builders.intake_reform import REFORM, handover, models

EVE = REFORM - timedelta(days=1)
TYPES = {"province": "tinh", "district": "huyen", "commune": "xa"}
PERIODS = {
    "cal": (("cal.2025-Q1", "cal.2025-Q2"), ("cal.2025-Q3", "cal.2025-Q4")),
    "nd09": (("nd09.2025-Q2", "nd09.2025-Q3"), ("nd09.2025-Q3", "nd09.2025-Q4")),
}
"""What the old and the new units report; a quarter of Decree 09 holds the day of the reform."""
FEW = st.integers(0, 6)


@dataclass(frozen=True)
class Quarter:
    """What a unit truly had and did in a period: models, and petitions."""

    opening: int
    new: int
    removed: int
    carried_in: int
    arisen: int
    settled: int

    @property
    def closing(self) -> int:
        """The models at its end."""
        return self.opening + self.new - self.removed

    @property
    def left_open(self) -> int:
        """The petitions open at its end."""
        return self.carried_in + self.arisen - self.settled


@dataclass
class TrueReform:
    """The units, the links, and the truth of every unit and period."""

    old_periods: tuple[str, str]
    new_periods: tuple[str, str]
    units: list[Unit] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quarters: dict[tuple[str, str], Quarter] = field(default_factory=dict)
    from_districts: dict[str, dict[str, int]] = field(default_factory=dict)
    """By new commune, how many models it took over from each district."""

    def keys(self, level: str, *, new: bool) -> list[str]:
        """Return the units of a level, before the reform or after it."""
        return [
            it.key for it in self.units if it.level == level and (it.valid_from == REFORM) == new
        ]

    def closing(self, unit: str) -> int:
        """Return what an old unit had on the eve of the reform."""
        return self.quarters[unit, self.old_periods[1]].closing

    def models_of(self, unit: str, period: str) -> Report:
        """Return the true report of a unit's models."""
        it = self.quarters[unit, period]
        stated = {"new": it.new, "removed": it.removed}
        named = {f"dvk_models_{name}": value for name, value in stated.items()}
        report = models(unit, period, it.opening, it.closing)
        return Report(unit, "F05", period, {**report.figures, **named})

    def petitions_of(self, unit: str, period: str) -> Report:
        """Return the true report of a commune's petitions, with what it carried in."""
        it = self.quarters[unit, period]
        arisen = ("petitions_received", "petitions_eligible", "petitions_competent")
        figures = dict.fromkeys(arisen, it.arisen) | {"petitions_resolved": it.settled}
        figures["petitions_carried_in"] = it.carried_in
        return Report(unit, "F01", period, figures)

    def handover_to(self, unit: str, event_id: str) -> dict[str, object]:
        """Return the true record of what a new commune started with."""
        shares = {area: {"dvk_models_opening": it} for area, it in self._shares(unit).items()}
        named: dict[str, object] = {"from_areas": shares} if shares else {}
        first = self.new_periods[0]
        opening = self.quarters[unit, first].opening
        return handover(unit, opening, event_id, period=first, **named)

    def _shares(self, unit: str) -> Mapping[str, int]:
        return {area: it for area, it in self.from_districts.get(unit, {}).items() if it}


@st.composite
def true_reforms(draw: st.DrawFn) -> TrueReform:
    """Draw one to four old provinces that become one or two."""
    reform = TrueReform(*PERIODS[draw(st.sampled_from(sorted(PERIODS)))])
    for n in range(draw(st.integers(1, 2))):
        _province(draw, reform, f"N{n}")
    for unit in [*reform.keys("district", new=False), *reform.keys("commune", new=False)]:
        _live(draw, reform, unit, reform.old_periods, draw(FEW), draw(FEW))
    _pass_on(draw, reform)
    return reform


def _province(draw: st.DrawFn, reform: TrueReform, key: str) -> None:
    """Draw a new province, what it was made of, and which communes became which."""
    reform.units.append(_unit(key, "province", None, new=True))
    communes: list[str] = []
    for n in range(draw(st.integers(1, 2))):
        province = f"{key}P{n}"
        reform.units.append(_unit(province, "province", None, new=False))
        reform.links.append(Link(province, key, "whole", REFORM))
        for m in range(draw(st.integers(1, 2))):
            district = f"{province}D{m}"
            reform.units.append(_unit(district, "district", province, new=False))
            below = [f"{district}C{i}" for i in range(draw(st.integers(1, 3)))]
            reform.units += [_unit(it, "commune", district, new=False) for it in below]
            communes += below
    new = [f"{key}X{n}" for n in range(draw(st.integers(1, len(communes))))]
    reform.units += [_unit(it, "commune", key, new=True) for it in new]
    for n, old in enumerate(communes):
        # The first ones make sure that every new commune is made of something.
        first = new[n] if n < len(new) else draw(st.sampled_from(new))
        heirs = sorted({first, *draw(st.lists(st.sampled_from(new), max_size=1))})
        kind = "whole" if len(heirs) == 1 else "part"
        reform.links += [Link(old, heir, kind, REFORM) for heir in heirs]


def _pass_on(draw: st.DrawFn, reform: TrueReform) -> None:
    """Draw what every new commune started with, and how it went on."""
    new = reform.keys("commune", new=True)
    started, opened = dict.fromkeys(new, 0), dict.fromkeys(new, 0)
    parents = {it.key: it.parent for it in reform.units}
    for old in reform.keys("commune", new=False):
        heirs = [it.successor for it in reform.links if it.predecessor == old]
        last = reform.quarters[old, reform.old_periods[1]]
        for amounts, had in ((started, last.closing), (opened, last.left_open)):
            for heir, share in zip(heirs, _split(draw, had, len(heirs)), strict=True):
                amounts[heir] += share
    for district in reform.keys("district", new=False):
        heirs = sorted({it.successor for it in reform.links if parents[it.predecessor] == district})
        # The last share is what nobody takes over.
        shares = _split(draw, reform.closing(district), len(heirs) + 1)[:-1]
        for heir, share in zip(heirs, shares, strict=True):
            reform.from_districts.setdefault(heir, {})[district] = share
            started[heir] += share
    for unit in new:
        _live(draw, reform, unit, reform.new_periods, started[unit], opened[unit])


def _live(
    draw: st.DrawFn,
    reform: TrueReform,
    unit: str,
    periods: tuple[str, str],
    models_then: int,
    cases_then: int,
) -> None:
    """Draw two periods of a unit that starts with some models and open petitions."""
    for period in periods:
        new, arisen = draw(FEW), draw(FEW)
        removed = draw(st.integers(0, models_then + new))
        settled = draw(st.integers(0, cases_then + arisen))
        quarter = Quarter(models_then, new, removed, cases_then, arisen, settled)
        reform.quarters[unit, period] = quarter
        models_then, cases_then = quarter.closing, quarter.left_open


def _split(draw: st.DrawFn, amount: int, parts: int) -> list[int]:
    shares = []
    for _ in range(parts - 1):
        shares.append(draw(st.integers(0, amount)))
        amount -= shares[-1]
    return [*shares, amount]


def _unit(key: str, level: str, parent: str | None, *, new: bool) -> Unit:
    since, until = (REFORM, None) if new else (None, EVE)
    return Unit(key, key, level, TYPES[level], f"Tên {key}", parent, since, until)
