"""
Converts between the entities of the directory's topic and domain objects.

Rows of committees and regimes stay rows, as their files have them, so that there is one place
that reads them: ``shared.reference.committees`` and ``shared.reference.deadlines``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import ValidationError

from shared.contracts.directory import (
    CalendarRevised,
    CommitteeRecorded,
    EntityRecorded,
    Predecessor,
    RegimePublished,
    UnitRecorded,
    UnitState,
)
from shared.directory.entities import ENVELOPE_PLACEHOLDER, Entities, content_of, event_of
from shared.reference.errors import FactError
from shared.reference.lineage import Link
from shared.reference.rows import FileRow
from shared.reference.units import Unit
from shared.reference.working_days import WorkingCalendar

TableRow: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class DirectoryContents:
    """All reference data that may change while the services run."""

    units: Sequence[Unit] = ()
    links: Sequence[Link] = ()
    committees: Sequence[TableRow] = ()
    regimes: Sequence[TableRow] = ()
    calendar: WorkingCalendar | None = None
    origin: str = "directory"
    """Where they come from, for messages."""
    lines: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    """File and line of what files say, by the name that messages give to it."""

    def placed(self, problem: FactError) -> FactError:
        """Return a problem with the file and line of what it is about, where a file says that."""
        if problem.line is not None or problem.where not in self.lines:
            return problem
        file, line = self.lines[problem.where]
        return FactError(file, problem.where, problem.message, line)


def entities_of(contents: DirectoryContents) -> dict[str, str]:
    """
    Return the entities of these contents.

    Raises FactError when a row has what the topic cannot carry.
    """
    events: list[EntityRecorded] = [*_units(contents.units, contents.links)]
    events += [_of_row(CommitteeRecorded, row) for row in contents.committees]
    events += [_of_row(RegimePublished, row) for row in contents.regimes]
    if contents.calendar is not None:
        events.append(_calendar(contents.calendar))
    return {event.entity: content_of(event) for event in events}


def contents_of(entities: Entities) -> DirectoryContents:
    """
    Return the contents of these entities, in the order of their keys.

    Raises FactError when this release cannot read one of them.
    """
    events = [event_of(key, entities[key]) for key in sorted(entities)]
    units = [it for it in events if isinstance(it, UnitRecorded)]
    calendar = next((it for it in events if isinstance(it, CalendarRevised)), None)
    return DirectoryContents(
        units=[_unit(it, state) for it in units for state in it.states],
        links=[_link(it, predecessor) for it in units for predecessor in it.predecessors],
        committees=[_row(it) for it in events if isinstance(it, CommitteeRecorded)],
        regimes=[_row(it) for it in events if isinstance(it, RegimePublished)],
        calendar=None if calendar is None else _working_calendar(calendar),
    )


def _units(units: Iterable[Unit], links: Iterable[Link]) -> Iterable[UnitRecorded]:
    predecessors: dict[str, list[Link]] = {}
    for link in links:
        predecessors.setdefault(link.successor, []).append(link)
    states: dict[str, list[Unit]] = {}
    for unit in units:
        states.setdefault(unit.key, []).append(unit)
    if unknown := predecessors.keys() - states.keys():
        raise FactError("lineage", f"unit {min(unknown)}", "is a successor and no unit")
    for key, chain in states.items():
        chain.sort(key=lambda it: it.span.begin)
        links_in = sorted(
            predecessors.get(key, ()), key=lambda it: (it.effective_on, it.predecessor)
        )
        try:
            yield UnitRecorded(
                **ENVELOPE_PLACEHOLDER,
                unit=key,
                level=chain[0].level,
                states=tuple(map(_state, chain)),
                predecessors=tuple(map(_predecessor, links_in)),
                known_from=chain[0].known_from,
            )
        except ValidationError as problem:
            raise FactError("directory", f"unit/{key}", _first(problem)) from problem


def _state(unit: Unit) -> UnitState:
    return UnitState(
        official_code=unit.official_code,
        type=unit.type,
        name=unit.name,
        parent=unit.parent,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def _predecessor(link: Link) -> Predecessor:
    return Predecessor.model_validate(
        {
            "unit": link.predecessor,
            "kind": link.kind,
            "effective_on": link.effective_on,
            "decision": link.decision,
            "verified": link.verified,
        }
    )


def _of_row(kind: type[EntityRecorded], row: TableRow) -> EntityRecorded:
    try:
        return kind.model_validate({**_without_none(row), **ENVELOPE_PLACEHOLDER})
    except ValidationError as problem:
        name = f"committee {row['key']}" if "key" in row else f"regime {row.get('code')}"
        raise FileRow(kind.__name__, name, row).refused(_first(problem)) from problem


def _first(problem: ValidationError) -> str:
    """Say which field is wrong first, and how."""
    first = problem.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _without_none(value: Mapping[str, object]) -> dict[str, object]:
    """Leave out, at every level, what a file names and gives no value."""
    return {name: _cleaned(it) for name, it in value.items() if it is not None}


def _cleaned(value: object) -> object:
    if isinstance(value, Mapping):
        return _without_none(value)
    return list(map(_cleaned, value)) if isinstance(value, list | tuple) else value


def _row(event: EntityRecorded) -> TableRow:
    """Return an event as the row of a file that it was published from."""
    return event.model_dump(exclude=set(ENVELOPE_PLACEHOLDER))


def _calendar(calendar: WorkingCalendar) -> CalendarRevised:
    return CalendarRevised(
        **ENVELOPE_PLACEHOLDER,
        first=calendar.first,
        last=calendar.last,
        days_off=tuple(sorted(calendar.days_off)),
        days_worked=tuple(sorted(calendar.days_worked)),
    )


def _unit(event: UnitRecorded, state: UnitState) -> Unit:
    return Unit(
        key=event.unit,
        official_code=state.official_code,
        level=event.level,
        type=state.type,
        name=state.name,
        parent=state.parent,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        known_from=event.known_from,
    )


def _link(event: UnitRecorded, predecessor: Predecessor) -> Link:
    return Link(
        predecessor=predecessor.unit,
        successor=event.unit,
        kind=predecessor.kind,
        effective_on=predecessor.effective_on,
        decision=predecessor.decision,
        verified=predecessor.verified,
    )


def _working_calendar(event: CalendarRevised) -> WorkingCalendar:
    return WorkingCalendar(
        days_off=frozenset(event.days_off),
        days_worked=frozenset(event.days_worked),
        first=event.first,
        last=event.last,
    )
