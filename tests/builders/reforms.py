"""Invented countries and their reforms: random trees, random acts, and a ledger that adds up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from hypothesis import strategies as st

from services.aggregator.domain.boundaries import sources
from shared.reference.acts import Decision, apply
from shared.reference.decisions import UnitChanged, UnitClosed, UnitOpened, UnitPassed
from shared.reference.directory import Directory, Unit
from shared.reference.lineage import Lineage, Link
from shared.reference.periods import Period
from shared.reference.rows import FileRow

TYPES = {"province": "tinh", "district": "huyen", "commune": "xa"}
NOWHERE = FileRow("reform.yaml", "", {}, 1)


def unit(key: str, level: str, parent: str | None, valid_from: date | None = None) -> Unit:
    """Return a unit that goes on."""
    return Unit(key, key, level, TYPES[level], f"Tên {key}", parent, valid_from, None)


def opened(key: str, level: str, parent: str | None, day: date) -> UnitOpened:
    """Return the opening of a unit."""
    return UnitOpened(unit(key, level, parent, day), NOWHERE)


def passing(old: str, new: str, kind: str, *, ends: bool = True) -> UnitPassed:
    """Return how one unit passes into another."""
    return UnitPassed(old, new, kind, ends, "NQ", NOWHERE)


def moved(key: str, parent: str) -> UnitChanged:
    """Return the move of a unit below another."""
    return UnitChanged(key, "parent", parent, NOWHERE)


@dataclass
class Country:
    """A directory under reform, and every decision so far."""

    units: list[Unit]
    links: list[Link] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = Directory(self.units)
        self.lineage = Lineage(self.links)

    def decide(self, decision: Decision) -> None:
        """Put a decision into effect."""
        self.decisions.append(decision)
        self.units, self.links = apply(self.units, self.links, [decision])
        self.directory, self.lineage = Directory(self.units), Lineage(self.links)
        self.lineage.check(self.directory)

    def alive(self, day: date, *levels: str) -> list[Unit]:
        """Return the units of some levels on a day, sorted by key."""
        states = (self.directory.get(it.key, day) for it in self.directory)
        units = [it for it in states if it and it.alive(day) and (not levels or it.level in levels)]
        return sorted(units, key=lambda it: it.key)


@dataclass
class NaiveLedger:
    """Every report with the path it was counted under, and sums by adding up all of them."""

    own: dict[tuple[str, str], int] = field(default_factory=dict)
    paths: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def report(self, country: Country, key: str, period: Period) -> None:
        """Keep a report whose value no sum of others can equal."""
        self.own[key, period.code] = 2 ** len(self.own)
        self.paths[key, period.code] = country.directory.path(key, period.last_day)

    def as_reported(self, area: str, period: Period) -> int:
        """Return the total of an area as the ledger has it."""
        return sum(
            value
            for (key, code), value in self.own.items()
            if code == period.code and area in self.paths[key, code]
        )

    def country(self, period: Period) -> int:
        """Return everything that was reported for a period."""
        return sum(value for (_, code), value in self.own.items() if code == period.code)

    def single(self, keys: Sequence[str], period: Period) -> int:
        """Return what some units reported themselves."""
        return sum(self.own.get((key, period.code), 0) for key in keys)

    def current(self, country: Country, area: str, period: Period, today: date) -> int:
        """Return the total of an area of today."""
        origin = sources(area, period, country.directory, country.lineage, today)
        areas = sum(self.as_reported(it, period) for it in origin.areas)
        return areas + self.single(origin.units, period)


@st.composite
def countries(draw: st.DrawFn) -> Country:
    """Draw two to four provinces with some districts and communes."""
    units = []
    for n in range(draw(st.integers(2, 4))):
        province = f"P{n}"
        units.append(unit(province, "province", None))
        parents = [province]
        for m in range(draw(st.integers(0, 2))):
            parents.append(f"{province}D{m}")
            units.append(unit(parents[-1], "district", province))
        communes = draw(st.lists(st.sampled_from(parents), min_size=1, max_size=5))
        units += [unit(f"{province}C{m}", "commune", it) for m, it in enumerate(communes)]
    return Country(units)


def drawn_decision(data: st.DataObject, country: Country, day: date) -> Decision:
    """Draw an act that is possible on a day; a country without communes can still rename."""
    act = _ACTS[data.draw(st.sampled_from(sorted(_ACTS)))]
    return act(data, country, day) or _rename(data, country, day)


def _merge(data: st.DataObject, country: Country, day: date) -> Decision | None:
    communes = [it.key for it in country.alive(day, "commune")]
    if len(communes) < 2:
        return None
    old = data.draw(st.lists(st.sampled_from(communes), min_size=2, max_size=4, unique=True))
    if data.draw(st.booleans()):
        return Decision("NQ", day, passings=tuple(passing(it, old[0], "whole") for it in old[1:]))
    new = f"M{len(country.directory)}"
    return Decision(
        "NQ",
        day,
        openings=(opened(new, "commune", _parent(data, country, day), day),),
        passings=tuple(passing(it, new, "whole") for it in old),
    )


def _split(data: st.DataObject, country: Country, day: date) -> Decision | None:
    communes = [it.key for it in country.alive(day, "commune")]
    if not communes:
        return None
    old = data.draw(st.sampled_from(communes))
    new = [f"S{len(country.directory)}{suffix}" for suffix in "ab"]
    return Decision(
        "NQ",
        day,
        openings=tuple(opened(it, "commune", _parent(data, country, day), day) for it in new),
        passings=tuple(passing(old, it, "part") for it in new),
    )


def _cede(data: st.DataObject, country: Country, day: date) -> Decision | None:
    communes = [it.key for it in country.alive(day, "commune")]
    if len(communes) < 2:
        return None
    old, new = data.draw(st.lists(st.sampled_from(communes), min_size=2, max_size=2, unique=True))
    return Decision("NQ", day, passings=(passing(old, new, "part", ends=False),))


def _rename(data: st.DataObject, country: Country, day: date) -> Decision:
    key = data.draw(st.sampled_from([it.key for it in country.alive(day)]))
    return Decision("NQ", day, changes=(UnitChanged(key, "name", f"Tên {day}", NOWHERE),))


def _move(data: st.DataObject, country: Country, day: date) -> Decision:
    movable = country.alive(day, "commune", "district")
    if not movable:
        return _rename(data, country, day)
    chosen = data.draw(st.sampled_from(movable))
    levels = ("province",) if chosen.level == "district" else ("province", "district")
    parent = data.draw(st.sampled_from([it.key for it in country.alive(day, *levels)]))
    return Decision("NQ", day, changes=(moved(chosen.key, parent),))


def _close(data: st.DataObject, country: Country, day: date) -> Decision | None:
    """Close a commune, or a district whose communes come directly under the province."""
    closable = country.alive(day, "commune", "district")
    if not closable:
        return None
    chosen = data.draw(st.sampled_from(closable))
    children = [it for it in country.alive(day) if it.parent == chosen.key]
    return Decision(
        "NQ",
        day,
        changes=tuple(moved(it.key, str(chosen.parent)) for it in children),
        closings=(UnitClosed(chosen.key, NOWHERE),),
    )


def _merge_provinces(data: st.DataObject, country: Country, day: date) -> Decision | None:
    provinces = [it.key for it in country.alive(day, "province")]
    if len(provinces) < 2:
        return None
    old = data.draw(st.lists(st.sampled_from(provinces), min_size=2, max_size=2, unique=True))
    new = f"P{len(country.directory)}"
    return Decision(
        "NQ",
        day,
        openings=(opened(new, "province", None, day),),
        passings=tuple(passing(it, new, "whole") for it in old),
        changes=tuple(moved(it.key, new) for it in country.alive(day) if it.parent in old),
    )


def _split_province(data: st.DataObject, country: Country, day: date) -> Decision:
    old = data.draw(st.sampled_from([it.key for it in country.alive(day, "province")]))
    new = [f"P{len(country.directory)}{suffix}" for suffix in "ab"]
    return Decision(
        "NQ",
        day,
        openings=tuple(opened(it, "province", None, day) for it in new),
        passings=tuple(passing(old, it, "part") for it in new),
        changes=tuple(
            moved(it.key, data.draw(st.sampled_from(new)))
            for it in country.alive(day)
            if it.parent == old
        ),
    )


def _parent(data: st.DataObject, country: Country, day: date) -> str:
    return data.draw(st.sampled_from([it.key for it in country.alive(day, "province", "district")]))


_ACTS: Mapping[str, Callable[[st.DataObject, Country, date], Decision | None]] = {
    "merge": _merge,
    "split": _split,
    "cede": _cede,
    "rename": _rename,
    "move": _move,
    "close": _close,
    "merge_provinces": _merge_provinces,
    "split_province": _split_province,
}
