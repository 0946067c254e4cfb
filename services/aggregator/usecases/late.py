"""
Query: the units that sent a form late, or not at all though it was due, by the database's clock.

Reads the ledger, in one snapshot; changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal

from pydantic import BaseModel

from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.coverage import Straggler, stragglers
from services.aggregator.domain.layouts import Layout
from services.aggregator.domain.question import Question
from services.aggregator.domain.scopes import owing
from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import Answer, heading
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.resolve import check_unit, resolve_forms
from shared.infra.postgres.database import Database
from shared.reference import vietnamese
from shared.reference.directory import Directory
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from shared.reference.reporting_bodies import body_name


class LateUnit(BaseModel):
    """
    A unit that sent a form late, or not at all though it was due.

    A correction does not change its lateness, which is judged once. ``reporting_body`` names whose
    report it is: "Ủy ban nhân dân phường Tam Điệp".
    """

    unit: str
    name: str
    valid_from: date | None
    valid_to: date | None
    form: str
    state: Literal["late", "missing"]
    due_at: datetime
    first_received_at: datetime | None
    last_corrected_at: datetime | None
    reporting_body: str


class LateAnswer(Answer):
    """
    The late units, those without a report first.

    Who is not known to have owed is not missing.
    """

    units: list[LateUnit]


class LateQuery:
    """Answers ``/v1/late``."""

    def __init__(self, database: Database, reader: LedgerReader, writer: FigureWriter) -> None:
        self._database = database
        self._reader = reader
        self._writer = writer

    async def __call__(self, key: str, period: Period, wanted: Sequence[str]) -> LateAnswer:
        """Answer with the late list of this instant."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        forms = resolve_forms(self._reader.layouts, wanted, [period], reference.regimes)
        question = Question(reference, key, forms)
        receipts = await self._reader.receipts_now(self._database, question)
        scope = question.scopes[period]
        late_or_missing = [
            straggler
            for layout in question.layouts
            for straggler in stragglers(
                layout.form.code,
                owing(reference.directory, layout.form, period, scope),
                receipts.by_form[layout.form.code],
                partial(_due_at, reference, layout, period),
                receipts.as_of.as_of,
            )
        ]
        why = unfounded(reference.directory, question.scopes)
        head = heading(reference, key, [period], receipts.as_of)
        return LateAnswer(
            **head,
            unfounded=self._writer.explained(why, head["unit"].name),
            units=late_units(
                late_or_missing,
                reference.directory,
                period.last_day,
                {it.form.code: it.form.body for it in question.layouts},
            ),
        )


def late_units(
    stragglers: Iterable[Straggler],
    directory: Directory,
    day: date,
    bodies: Mapping[str, str | None],
) -> list[LateUnit]:
    """Return those without a report first, each part by name in the Vietnamese alphabet."""
    return sorted(
        (_late_unit(it, directory, day, bodies[it.form]) for it in stragglers),
        key=lambda it: (it.state != "missing", vietnamese.name_key(it.name), it.unit, it.form),
    )


def _late_unit(straggler: Straggler, directory: Directory, day: date, body: str | None) -> LateUnit:
    unit, states = directory.get(straggler.unit, day), directory.states(straggler.unit)
    return LateUnit(
        unit=straggler.unit,
        name=unit.name if unit else straggler.unit,
        valid_from=states[0].valid_from if states else None,
        valid_to=states[-1].valid_to if states else None,
        form=straggler.form,
        state=straggler.state,
        due_at=straggler.due_at.astimezone(UTC),
        first_received_at=straggler.first_received_at,
        last_corrected_at=straggler.last_corrected_at,
        reporting_body=body_name(body, unit) if unit else straggler.unit,
    )


def _due_at(reference: ReferenceData, layout: Layout, period: Period, unit: str) -> datetime | None:
    """Return when a unit's report is due, None for who is not known to have had to send it."""
    if not reference.directory.known_on(unit, period.last_day):
        return None
    try:
        due = reference.due(layout.form.code, period, unit)
    except ValueError:
        return None  # beyond the calendar of working days; a guess could call a unit late
    return None if due is None or due.before_use else due.at
