"""List duties: who owes what, until when, in which state."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

from pydantic import BaseModel

from services.notifier.domain.changes import DueChangeCause
from services.notifier.domain.duties import DutyState
from services.notifier.store.rows import slot_of
from services.notifier.store.views import ViewStore
from shared.reference.directory import Directory
from shared.reference.slots import Slot


class DueChangeView(BaseModel):
    """A move of a due instant; ``document`` is empty where none is cited."""

    was: datetime
    becomes: datetime
    rule: str
    because: DueChangeCause
    document: str
    at: datetime


class DutyView(BaseModel):
    """
    A duty in its present state; ``on_time`` is null until it is met.

    It is null, too, where history was entered after the fact (``backfilled``).

    ``valid_to`` is the last day of a unit that has one: names are used again. ``due_changes`` are
    in the order of time.
    """

    unit: str
    name: str
    valid_to: date | None
    province: str
    form: str
    period: str
    committee: str
    due_at: datetime
    deadline_rule: str
    state: DutyState
    first_received_at: datetime | None
    on_time: bool | None
    backfilled: bool
    due_changes: list[DueChangeView]


class Duties(BaseModel):
    """Duties, the first due first."""

    duties: list[DutyView]


class ListDuties:
    """Reads duty, filing and due_change; names come from the directory."""

    def __init__(self, views: ViewStore, directory: Callable[[], Directory]) -> None:
        self._views = views
        self._directory = directory

    async def __call__(
        self,
        limit: int,
        *,
        unit: str | None = None,
        form: str | None = None,
        period: str | None = None,
        state: DutyState | None = None,
    ) -> Duties:
        """Return at most *limit* duties, the first due first; a filter that is None is any."""
        rows = await self._views.duties(unit, form, period, state, limit)
        due_changes: dict[Slot, list[DueChangeView]] = defaultdict(list)
        for row in rows.due_changes:
            due_changes[slot_of(row)].append(DueChangeView.model_validate(dict(row)))
        directory = self._directory()
        duties = []
        for row in rows.duties:
            owner = directory.get(row["unit"])
            duty = DutyView(
                **row,
                name=owner.name if owner else row["unit"],
                valid_to=owner.valid_to if owner else None,
                due_changes=due_changes[slot_of(row)],
            )
            duties.append(duty)
        return Duties(duties=duties)
