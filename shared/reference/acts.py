"""
Acts: decisions put into effect on units and lineage.

`apply` may be run again with the same decisions, alone or among others: what is in effect already
changes nothing. All that takes effect on one day does so at once, so the order of files and rows
does not matter. What contradicts is refused by file and line, and then nothing has changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from shared.reference.dates import DAY
from shared.reference.decisions import (
    Decision,
    UnitChanged,
    UnitClosed,
    UnitOpened,
    UnitPassed,
    build_decisions,
)
from shared.reference.levels import TYPES
from shared.reference.lineage import Link
from shared.reference.rows import FileRow
from shared.reference.units import Unit, chains, life

__all__ = ["Decision", "apply", "build_decisions"]

_FILE = "directory"


def apply(
    units: Iterable[Unit], links: Iterable[Link], decisions: Iterable[Decision]
) -> tuple[list[Unit], list[Link]]:
    """
    Return units and links as they are with these decisions in effect.

    What was there keeps its place; what is new follows, by day and key. Raises FactError with file
    and line when a decision contradicts another one or the directory.
    """
    ledger = _Ledger(units, links)
    in_time = sorted(decisions, key=lambda it: it.effective_on)
    for day, of_day in groupby(in_time, key=lambda it: it.effective_on):
        ledger.put_into_effect(day, list(of_day))
    return ledger.units(), ledger.links()


class _Ledger:
    """The states of every unit and all links, while decisions are put into effect."""

    def __init__(self, units: Iterable[Unit], links: Iterable[Link]) -> None:
        self._states = {key: list(its) for key, its in chains(units, _FILE).items()}
        self._links = {_place(link): link for link in links}
        self._after: dict[str, set[tuple[str, str, date]]] = {}
        for place in self._links:
            self._after.setdefault(place[0], set()).add(place)
        self._known_units, self._known_links = len(self._states), len(self._links)

    def units(self) -> list[Unit]:
        """Return all states, unit by unit."""
        keys = list(self._states)
        new = sorted(keys[self._known_units :], key=lambda it: (self._begins(it), it))
        return [state for key in (*keys[: self._known_units], *new) for state in self._states[key]]

    def links(self) -> list[Link]:
        """Return all links."""
        links = list(self._links.values())
        new = sorted(links[self._known_links :], key=lambda it: (it.effective_on, *_place(it)))
        return links[: self._known_links] + new

    def put_into_effect(self, day: date, decisions: Sequence[Decision]) -> None:
        """Put all decisions of a day into effect: who begins, what changes, who ends."""
        openings = [act for it in decisions for act in it.openings]
        changes = [act for it in decisions for act in it.changes]
        passings = [act for it in decisions for act in it.passings]
        closings = [act for it in decisions for act in it.closings]
        _check_agree(changes, passings)
        for opening in openings:
            self._open(opening)
        for change in changes:
            self._change(change, day)
        ending = {it.predecessor: it.row for it in passings if it.ends}
        for closing in closings:
            self._check_closing(closing, ending)
        ending |= {it.unit: it.row for it in closings}
        for key, row in ending.items():
            self._end(key, day, row)
        for passing in passings:
            self._pass(passing, day)
        placed = [(it.unit.key, it.row) for it in openings]
        placed += [(it.unit, it.row) for it in changes if it.attribute == "parent"]
        self._check_places(day, ending, placed)

    def _open(self, act: UnitOpened) -> None:
        states = self._states.get(act.unit.key)
        if states is None:
            self._states[act.unit.key] = [act.unit]
        elif replace(states[0], valid_to=None, known_from=None) != act.unit:
            raise act.row.refused(f"{act.unit.key} is there already, and not as it is opened here")

    def _change(self, act: UnitChanged, day: date) -> None:
        states = self._states_of(act.unit, act.row)
        index = next((i for i, it in enumerate(states) if it.alive(day)), None)
        if index is None or not self._lives(act.unit, day - DAY):
            raise act.row.refused(f"{act.unit} does not exist before and on {day}")
        state = states[index]
        if act.attribute == "type" and act.value not in TYPES[state.level]:
            allowed = ", ".join(sorted(TYPES[state.level]))
            raise act.row.refused(f"type: must be one of {allowed}, not {act.value!r}")
        was = getattr(state, act.attribute)
        if was == act.value:
            return
        if state.valid_from == day:
            if was != getattr(states[index - 1], act.attribute):
                raise act.row.refused(
                    f"{act.attribute} of {act.unit} becomes {was!r} on {day} already"
                )
        else:
            ended = replace(state, valid_to=day - DAY)
            states[index : index + 1] = [ended, replace(state, valid_from=day)]
            index += 1
        # A decision that we hear of late holds until the next one that says something else.
        while index < len(states) and getattr(states[index], act.attribute) == was:
            states[index] = _changed(states[index], act)
            index += 1
        self._states[act.unit] = _without_repetition(states)

    def _end(self, key: str, day: date, row: FileRow) -> None:
        states = self._states_of(key, row)
        last = states[-1]
        if last.valid_to is not None and last.valid_to != day - DAY:
            raise row.refused(f"{key} ends on {last.valid_to} already")
        if last.valid_from is not None and last.valid_from >= day:
            raise row.refused(
                f"{key} cannot end on {day}: it begins or changes on that day or later"
            )
        states[-1] = replace(last, valid_to=day - DAY)

    def _pass(self, act: UnitPassed, day: date) -> None:
        for key, when in ((act.predecessor, day - DAY), (act.successor, day)):
            self._states_of(key, act.row)
            if not self._lives(key, when):
                raise act.row.refused(f"{key} does not exist on {when}")
        if not act.ends and not self._lives(act.predecessor, day):
            raise act.row.refused(f"{act.predecessor} ends on that day and cannot cede a part")
        if self._states[act.predecessor][0].level != self._states[act.successor][0].level:
            message = f"{act.predecessor} and {act.successor} are not of the same level"
            raise act.row.refused(message)
        link = Link(act.predecessor, act.successor, act.kind, day, act.document, verified=True)
        known = self._links.get(_place(link))
        if known is not None and known.kind != link.kind:
            raise act.row.refused(f"{known.predecessor} passes as a {known.kind} already")
        self._links[_place(link)] = link
        self._check_wholes(act, day)

    def _check_wholes(self, act: UnitPassed, day: date) -> None:
        """Refuse what passes beside a whole, which leaves nothing."""
        links = self._after.setdefault(act.predecessor, set())
        links.add((act.predecessor, act.successor, day))
        kinds = [self._links[place].kind for place in links if place[-1] == day]
        if "whole" in kinds and len(kinds) > 1:
            raise act.row.refused(f"{act.predecessor} passes wholly and elsewhere on the same day")

    def _check_places(
        self, day: date, ending: Mapping[str, FileRow], placed: Iterable[tuple[str, FileRow]]
    ) -> None:
        for key, row in placed:
            parent = next(it.parent for it in self._states[key] if it.alive(day))
            if parent is None:
                continue
            if parent not in self._states or not self._lives(parent, day):
                raise row.refused(f"{parent}, above {key}, does not exist on {day}")
        if not ending:
            return
        for states in self._states.values():
            for state in states:
                ends = ending.get(state.parent or "")
                if ends is not None and state.alive(day):
                    message = f"{state.key} would live on below {state.parent}, which ends"
                    raise ends.refused(message)

    def _check_closing(self, act: UnitClosed, passing: Mapping[str, FileRow]) -> None:
        if act.unit in passing:
            raise act.row.refused(f"{act.unit} passes into another and is not just closed")
        if self._states_of(act.unit, act.row)[0].parent is None:
            raise act.row.refused(f"{act.unit} has nothing above it to pass to; merge or split it")

    def _states_of(self, key: str, row: FileRow) -> list[Unit]:
        if key not in self._states:
            raise row.refused(f"{key} is not in the directory")
        return self._states[key]

    def _lives(self, key: str, day: date) -> bool:
        return life(self._states[key]).contains(day)

    def _begins(self, key: str) -> date:
        return self._states[key][0].span.begin


def _check_agree(changes: Iterable[UnitChanged], passings: Iterable[UnitPassed]) -> None:
    """Refuse two contradicting acts of one day, whichever is read first."""
    values: dict[tuple[str, str], str] = {}
    for change in changes:
        value = values.setdefault((change.unit, change.attribute), change.value)
        if value != change.value:
            message = f"{change.attribute} of {change.unit} becomes {value!r} and {change.value!r}"
            raise change.row.refused(message)
    passed: dict[tuple[str, str], UnitPassed] = {}
    for passing in passings:
        if passed.setdefault((passing.predecessor, passing.successor), passing) != passing:
            message = f"how {passing.predecessor} passes into {passing.successor} is stated twice"
            raise passing.row.refused(f"{message}, differently")


def _changed(state: Unit, act: UnitChanged) -> Unit:
    match act.attribute:
        case "name":
            return replace(state, name=act.value)
        case "type":
            return replace(state, type=act.value)
        case "parent":
            return replace(state, parent=act.value)
        case _:
            return replace(state, official_code=act.value)


def _without_repetition(states: Iterable[Unit]) -> list[Unit]:
    kept: list[Unit] = []
    for state in states:
        if kept and replace(kept[-1], valid_from=None, valid_to=None) == replace(
            state, valid_from=None, valid_to=None
        ):
            kept[-1] = replace(kept[-1], valid_to=state.valid_to)
        else:
            kept.append(state)
    return kept


def _place(link: Link) -> tuple[str, str, date]:
    return link.predecessor, link.successor, link.effective_on
