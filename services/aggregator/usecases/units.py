"""
Query: a unit as of a day: areas above it, predecessors, the units that answer for it, owed forms.

Reads the reference data in force; changes nothing.
"""

from datetime import date

from pydantic import BaseModel

from services.aggregator.errors import QuestionRefused
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import UnitAnswer, unit_answer
from services.aggregator.usecases.resolve import check_unit, resolve_day
from shared.infra.postgres.database import Database
from shared.reference.lineage import Link
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from shared.reference.vietnamese import date_short


class StateAnswer(BaseModel):
    """A unit between two days without a change: one name, type and parent."""

    official_code: str
    type: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None


class LinkAnswer(BaseModel):
    """A unit that passed into another, wholly or in part; ``decision`` is null if not known."""

    unit: UnitAnswer
    kind: str
    effective_on: date
    decision: str | None
    verified: bool


class OwedForm(BaseModel):
    """A form that a unit owes, with the kinds of period by regime in which it may be reported."""

    form: str
    title: str
    regimes: dict[str, list[str]]


class UnitDetails(BaseModel):
    """
    A unit as it was on a day; when it did not exist then, as it was nearest to that day.

    Before ``known_from`` nobody knows whether it, and what lies below it, was so; null where
    nothing limits that. ``path`` has the areas that it counts in, the province last.
    ``descendants`` counts the units below it. ``answers_for`` are the units that answered for it on
    that day.
    """

    unit: UnitAnswer
    on: date
    exists: bool
    known_from: date | None
    official_code: str
    level: str
    path: list[str]
    ancestors: list[UnitAnswer]
    descendants: int
    states: list[StateAnswer]
    predecessors: list[LinkAnswer]
    successors: list[LinkAnswer]
    answers_for: list[UnitAnswer]
    owes: list[OwedForm]


class UnitQueries:
    """Answers ``/v1/units`` and ``/v1/units/{key}``."""

    def __init__(self, database: Database, reader: LedgerReader) -> None:
        self._database = database
        self._reader = reader

    async def by_key(self, key: str, on: str) -> UnitDetails:
        """Answer with a unit as of a day, today by the database's clock when none is named."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        return details(reference, key, resolve_day(on, await self._today()))

    async def by_code(self, official_code: str, level: str, on: str) -> UnitDetails:
        """Answer with the unit that an official code means on a day."""
        reference = self._reader.reference()
        day = resolve_day(on, await self._today())
        return details(reference, key_of_code(reference, official_code, level, day), day)

    async def _today(self) -> date:
        async with self._database.connection() as connection:
            return (await self._reader.as_of(connection, [])).today


def details(reference: ReferenceData, key: str, on: date) -> UnitDetails:
    """Return a unit as of a day. Raises QuestionRefused when there is none."""
    directory, lineage = reference.directory, reference.lineage
    check_unit(directory, key)
    path = directory.path(key, on)
    states = directory.states(key)
    state = directory.get(key, on) or states[-1]
    return UnitDetails(
        unit=unit_answer(reference, key, on),
        on=on,
        exists=directory.alive(key, on),
        known_from=directory.known_from(key),
        official_code=state.official_code,
        level=state.level,
        path=list(path),
        ancestors=[unit_answer(reference, it, on) for it in path if it != key],
        descendants=len(directory.below(key, on)),
        states=[StateAnswer.model_validate(it, from_attributes=True) for it in states],
        predecessors=[_link(reference, it.predecessor, it, on) for it in lineage.predecessors(key)],
        successors=[_link(reference, it.successor, it, on) for it in lineage.successors(key)],
        answers_for=[
            unit_answer(reference, it, on) for it in lineage.answers_for(key, on, directory)
        ],
        owes=_owed(reference, key, on),
    )


def key_of_code(reference: ReferenceData, official_code: str, level: str, on: date) -> str:
    """
    Return the key of the unit that had an official code on a day.

    The same code means Long An in June 2025 and Tây Ninh in July. Raises QuestionRefused when it
    means nothing on that day.
    """
    if not official_code or not level:
        raise QuestionRefused("code_missing")
    unit = reference.directory.find(official_code, level, on)
    if unit is None:
        shown = {"day": date_short(on)}
        raise QuestionRefused("unknown_code", shown, official_code=official_code, level=level)
    return unit.key


def _link(reference: ReferenceData, other: str, link: Link, on: date) -> LinkAnswer:
    return LinkAnswer(
        unit=unit_answer(reference, other, on),
        kind=link.kind,
        effective_on=link.effective_on,
        decision=link.decision or None,
        verified=link.verified,
    )


def _owed(reference: ReferenceData, key: str, on: date) -> list[OwedForm]:
    day = Period(on.isoformat(), "cal", "day", on.year, on, on)
    return [
        OwedForm(
            form=form.code,
            title=form.title(on),
            regimes={regime: sorted(kinds) for regime, kinds in form.regimes.items()},
        )
        for form in reference.catalogue.forms
        if form.valid_in(day) and reference.directory.owes(key, form, day)
    ]
