"""
Answers questions about the units themselves, as of any day: where, from what, who answers now.

Reads the facts in force; changes nothing.
"""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from services.aggregator.naming import UnitAnswer, unit_answer
from services.aggregator.questions import asked_unit
from services.aggregator.words import SENTENCES
from shared.domain.lineage import Link
from shared.domain.periods import Period
from shared.infra.facts import Facts
from shared.infra.vietnamese import date_short
from shared.infra.web import Problem


class StateAnswer(BaseModel):
    """A unit between two days: one name, one type, one place."""

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

    ``path`` holds the areas that it counts in, the province last. ``descendants`` counts who
    existed below it. ``answers_for`` are the units that answered for it on that day.
    """

    unit: UnitAnswer
    on: date
    exists: bool
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


def details(facts: Facts, key: str, on: date) -> UnitDetails:
    """Tell all that is known of a unit on a day. Raises Problem when there is none."""
    directory, lineage = facts.directory, facts.lineage
    asked_unit(directory, key)
    path = directory.path(key, on)
    states = directory.states(key)
    now = directory.get(key, on) or states[-1]
    return UnitDetails(
        unit=unit_answer(facts, key, on),
        on=on,
        exists=directory.alive(key, on),
        official_code=now.official_code,
        level=now.level,
        path=list(path),
        ancestors=[unit_answer(facts, it, on) for it in path if it != key],
        descendants=len(directory.below(key, on)),
        states=[StateAnswer.model_validate(it, from_attributes=True) for it in states],
        predecessors=_links(facts, ((it.predecessor, it) for it in lineage.predecessors(key)), on),
        successors=_links(facts, ((it.successor, it) for it in lineage.successors(key)), on),
        answers_for=[unit_answer(facts, it, on) for it in lineage.answers_for(key, on, directory)],
        owes=_owed(facts, key, on),
    )


def found_by_code(facts: Facts, official_code: str, level: str, on: date) -> str:
    """
    Return the key of the unit that had an official code on a day.

    The same code means Long An in June 2025 and Tây Ninh in July. Raises Problem when it means
    nothing on that day.
    """
    if not official_code or not level:
        raise Problem(400, "code_missing", SENTENCES["code_missing"])
    unit = facts.directory.find(official_code, level, on)
    if unit is None:
        detail = SENTENCES["unknown_code"].format(
            on=date_short(on), level=level, code=official_code
        )
        raise Problem(404, "unknown_code", detail, official_code=official_code, level=level)
    return unit.key


def _links(facts: Facts, links: Iterable[tuple[str, Link]], on: date) -> list[LinkAnswer]:
    return [
        LinkAnswer(
            unit=unit_answer(facts, other, on),
            kind=it.kind,
            effective_on=it.effective_on,
            decision=it.decision or None,
            verified=it.verified,
        )
        for other, it in links
    ]


def _owed(facts: Facts, key: str, on: date) -> list[OwedForm]:
    day = Period(on.isoformat(), "cal", "day", on.year, on, on)
    return [
        OwedForm(
            form=form.code,
            title=form.title_vi,
            regimes={regime: sorted(kinds) for regime, kinds in form.regimes.items()},
        )
        for form in facts.catalogue.forms
        if form.valid_in(day) and facts.directory.owes(key, form, day)
    ]
