"""
Query: the steering committees that a unit lies in the care of on a day, and who is in them.

Reads the reference data in force; changes nothing. Addresses of persons are not shown.
"""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from services.aggregator.store.ledger_reader import LedgerReader
from services.aggregator.usecases.answers import UnitAnswer, unit_answer
from services.aggregator.usecases.resolve import check_unit, resolve_day
from shared.infra.postgres.database import Database
from shared.reference.committees import Committee
from shared.reference.reference_data import ReferenceData


class ProgrammeAnswer(BaseModel):
    """A programme that a committee runs."""

    code: str
    label: str


class AgencyAnswer(BaseModel):
    """The standing agency of a day."""

    name: str
    valid_from: date | None
    valid_to: date | None


class RoleAnswer(BaseModel):
    """Who holds a role on a day; position and decision are null where they are not recorded."""

    role: str
    label: str
    name: str
    position: str | None
    decision: str | None
    valid_from: date | None
    valid_to: date | None


class CommitteeAnswer(BaseModel):
    """A committee as it is on a day; ``standing_agency`` is null where none is recorded."""

    key: str
    name: str
    area: UnitAnswer
    programmes: list[ProgrammeAnswer]
    letter_style: str
    valid_from: date | None
    valid_to: date | None
    standing_agency: AgencyAnswer | None
    roles: list[RoleAnswer]


class CommitteesAnswer(BaseModel):
    """The committees of a unit and of the areas above it on a day."""

    unit: UnitAnswer
    on: date
    committees: list[CommitteeAnswer]


class CommitteesQuery:
    """Answers ``/v1/committees``."""

    def __init__(
        self, database: Database, reader: LedgerReader, messages: Mapping[str, str]
    ) -> None:
        self._database = database
        self._reader = reader
        self._messages = messages

    async def __call__(self, key: str, on: str) -> CommitteesAnswer:
        """Answer as of a day, today by the database's clock when none is named."""
        reference = self._reader.reference()
        check_unit(reference.directory, key)
        async with self._database.connection() as connection:
            today = (await self._reader.as_of(connection, [])).today
        return committees_of(reference, key, resolve_day(on, today), self._messages)


def committees_of(
    reference: ReferenceData, key: str, on: date, messages: Mapping[str, str]
) -> CommitteesAnswer:
    """Return the committees of a unit on a day, that of the unit itself first."""
    areas = list(dict.fromkeys((key, *reference.directory.path(key, on))))
    found = [it for it in reference.committees if it.area in areas and it.in_force(on)]
    found.sort(key=lambda it: (areas.index(it.area), it.key))
    return CommitteesAnswer(
        unit=unit_answer(reference, key, on),
        on=on,
        committees=[_answer(reference, it, on, messages) for it in found],
    )


def _answer(
    reference: ReferenceData, committee: Committee, on: date, messages: Mapping[str, str]
) -> CommitteeAnswer:
    agency = committee.standing_agency(on)
    return CommitteeAnswer(
        key=committee.key,
        name=committee.name_vi,
        area=unit_answer(reference, committee.area, on),
        programmes=[
            ProgrammeAnswer(code=it, label=messages[f"programme_{it}"])
            for it in committee.programmes
        ],
        letter_style=committee.letter_style,
        valid_from=committee.valid_from,
        valid_to=committee.valid_to,
        standing_agency=None
        if agency is None
        else AgencyAnswer(name=agency.name, valid_from=agency.valid_from, valid_to=agency.valid_to),
        roles=[
            RoleAnswer(
                role=it.role,
                label=messages[f"role_{it.role}"],
                name=it.name,
                position=it.position or None,
                decision=it.decision or None,
                valid_from=it.valid_from,
                valid_to=it.valid_to,
            )
            for it in committee.roles_on(on)
        ],
    )
