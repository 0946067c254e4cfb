"""
Lineage: which unit passed into which others, wholly or in part, and in whom a report lives on.

A predecessor normally ended the day before; one that lives on has ceded a part. Nobody recorded
what share of a divided unit went where, so a part is never turned into figures.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from shared.reference.dates import DAY
from shared.reference.directory import Directory
from shared.reference.errors import FactError
from shared.reference.rows import FileRow, read_all
from shared.reference.units import life

KINDS = ("whole", "part")
LINK_COLUMNS = ("predecessor", "successor", "kind", "effective_on", "decision", "verified")
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Link:
    """
    One unit passes into another on a day.

    `decision` names the act, "" where we have not seen it. A link is verified when the act or two
    independent sources say so.
    """

    predecessor: str
    successor: str
    kind: str
    effective_on: date
    decision: str = ""
    verified: bool = True

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"{self.predecessor} -> {self.successor} on {self.effective_on}"


@dataclass(frozen=True, slots=True)
class Component:
    """
    Units connected by links of one day: what the old had together, the new have together.

    A unit that lives on is among both.
    """

    effective_on: date
    old: frozenset[str]
    new: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trace:
    """The heirs of a unit; `verified` when every link on the way to them is."""

    heirs: frozenset[str]
    verified: bool = True


class Lineage:
    """All links between units; immutable after construction."""

    def __init__(self, links: Iterable[Link] = (), file: str = "lineage.csv") -> None:
        """Index the links. Raises FactError when two of them say different things."""
        self._file = file
        self._links: dict[tuple[str, str, date], Link] = {}
        self._after: dict[str, list[Link]] = {}
        self._before: dict[str, list[Link]] = {}
        for link in links:
            self._add(link)
        for links_of_unit in chain(self._after.values(), self._before.values()):
            links_of_unit.sort(key=lambda it: (it.effective_on, it.predecessor, it.successor))
        self._check_wholes()
        self._days = sorted({link.effective_on for link in self._links.values()})

    def __len__(self) -> int:
        return len(self._links)

    def __iter__(self) -> Iterator[Link]:
        return iter(self._links.values())

    def predecessors(self, key: str) -> tuple[Link, ...]:
        """Return the links into a unit, in time; empty when there are none."""
        return tuple(self._before.get(key, ()))

    def successors(self, key: str) -> tuple[Link, ...]:
        """Return the links out of a unit, in time; empty when there are none."""
        return tuple(self._after.get(key, ()))

    def component(
        self, key: str, directory: Directory | None = None, on: date | None = None
    ) -> Component | None:
        """
        Return what is connected with a unit over links of one day, None when nothing is.

        Without a day: the last one on which something passed into the unit, or else out of it.
        With the directory, units that exist before and after stand on both sides.
        """
        into, out = self._before.get(key, ()), self._after.get(key, ())
        days = [it.effective_on for it in into] or [it.effective_on for it in out]
        day = on or max(days, default=None)
        return None if day is None else self._connected(key, day, directory)

    def heirs(self, key: str, day: date, today: date, directory: Directory) -> frozenset[str]:
        """
        Return the units of today in which what a unit reported for a period lives on.

        `day` is the last day of the period. What passed before it was no longer the unit's. A
        unit that ended without a successor passes to the one above it. Empty when unknown.
        """
        return self.trace(key, day, today, directory).heirs

    def trace(self, key: str, day: date, today: date, directory: Directory) -> Trace:
        """Return the heirs of a unit, and whether every link on the way to them is verified."""
        states = directory.states(key)
        if not states:
            return Trace(frozenset())
        end = life(states).end
        heirs: set[str] = set()
        verified = True
        for heir, links in self._walk(key, min(day, end), today, directory):
            heirs.add(heir)
            verified = verified and all(link.verified for link in links)
        return Trace(frozenset(heirs), verified)

    def interval_index(self, day: date) -> int:
        """Return the index of the interval between links that contains a day (a cache key)."""
        return bisect_right(self._days, day)

    def answers_for(self, key: str, on: date, directory: Directory) -> tuple[str, ...]:
        """Return who answers for a unit on a day: itself, or its heirs once it has ended."""
        states = directory.states(key)
        if not states or on < life(states).begin:
            return ()
        last = life(states).end
        return (key,) if on <= last else tuple(sorted(self.heirs(key, last, on, directory)))

    def check(self, directory: Directory) -> None:
        """Raise FactError when a link names a unit that is unknown or not there on its day."""
        for link in self._links.values():
            before, day = link.effective_on - DAY, link.effective_on
            for key, when in ((link.predecessor, before), (link.successor, day)):
                if not directory.alive(key, when):
                    raise self._wrong(link, f"{key} does not exist on {when}")
            if link.kind == "whole" and directory.alive(link.predecessor, day):
                raise self._wrong(link, f"{link.predecessor} passed wholly and lives on")

    def _walk(
        self, key: str, since: date, today: date, directory: Directory
    ) -> Iterator[tuple[str, tuple[Link, ...]]]:
        """Yield each heir and the links that lead to it; an heir may come by several ways."""
        # The day only ever grows on the way, so no circle of links can hold us.
        last = directory.states(key)[-1]
        links = [it for it in self._after.get(key, ()) if since < it.effective_on <= today]
        for link in links:
            for heir, way in self._walk(link.successor, link.effective_on, today, directory):
                yield heir, (link, *way)
        end = last.span.end
        if end >= today:
            yield key, ()
        elif last.parent and not any(it.effective_on > end for it in links):
            yield from self._walk(last.parent, max(since, end), today, directory)

    def _connected(self, key: str, day: date, directory: Directory | None) -> Component | None:
        sides: dict[bool, set[str]] = {True: set(), False: set()}
        waiting = [(key, is_old) for is_old in sides if self._on(key, day, is_old=is_old)]
        while waiting:
            unit, is_old = waiting.pop()
            if unit in sides[is_old]:
                continue
            sides[is_old].add(unit)
            waiting.extend(
                (link.successor if is_old else link.predecessor, not is_old)
                for link in self._on(unit, day, is_old=is_old)
            )
            if directory is not None and directory.alive(unit, day if is_old else day - DAY):
                waiting.append((unit, not is_old))
        return (
            Component(day, frozenset(sides[True]), frozenset(sides[False])) if sides[True] else None
        )

    def _on(self, key: str, day: date, *, is_old: bool) -> list[Link]:
        links = (self._after if is_old else self._before).get(key, ())
        return [it for it in links if it.effective_on == day]

    def _add(self, link: Link) -> None:
        place = link.predecessor, link.successor, link.effective_on
        if link.kind not in KINDS or link.predecessor == link.successor:
            raise self._wrong(link, "is no way for one unit to pass into another")
        if place in self._links:
            raise self._wrong(link, "is there twice")
        self._links[place] = link
        self._after.setdefault(link.predecessor, []).append(link)
        self._before.setdefault(link.successor, []).append(link)

    def _check_wholes(self) -> None:
        for links in self._after.values():
            whole = next((it for it in links if it.kind == "whole"), None)
            if whole and links[-1].effective_on > whole.effective_on:
                raise self._wrong(links[-1], "something passes on after the whole has passed")
            if whole and sum(it.effective_on == whole.effective_on for it in links) > 1:
                raise self._wrong(whole, "the whole and something else pass on the same day")

    def _wrong(self, link: Link, message: str) -> FactError:
        return FactError(self._file, link.label, message)


def known_links(links: Iterable[Link], directory: Directory) -> list[Link]:
    """Return the links between units of a directory, without those of units that it leaves out."""
    return [
        it for it in links if directory.states(it.predecessor) and directory.states(it.successor)
    ]


def build_links(rows: Iterable[Mapping[str, object]], file: str) -> list[Link]:
    """Return the links of CSV rows. Raises FactError with file and line on unusable ones."""
    return read_all(_link, (FileRow(file, "", row, line) for line, row in enumerate(rows, start=2)))


def _link(row: FileRow) -> Link:
    link = Link(
        predecessor=row.text("predecessor"),
        successor=row.text("successor"),
        kind=row.one_of("kind", KINDS),
        effective_on=row.day("effective_on"),
        decision=row.text_or_none("decision") or "",
        verified=_YES_NO[row.one_of("verified", _YES_NO)],
    )
    if link.predecessor == link.successor:
        raise row.wrong("successor", "is the predecessor itself")
    return link
