"""
The log that every competitor reads: the report events of every commune.

No report repeats another one. A tenth is corrected later, with other figures; one in fifty is
withdrawn. The same count always gives the same events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from random import Random
from typing import NamedTuple

from benchmarks.figures import Sampler
from shared.contracts.event import derived_id
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.catalogue import FormVersion
from shared.reference.periods import Period, periods_of_year
from shared.reference.reference_data import ReferenceData
from shared.reference.units import Unit

FORMS = ("F01", "F04", "F05")
"""The forms that every commune owes."""
FIRST_PERIOD = "nd09.2025-M08"
"""The first that lies wholly after the reform of 1 July 2025."""
YEARS = range(2025, 2100)
SEED = 20_250_701
BETWEEN_REPORTS = timedelta(seconds=20)
DUE_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sequel:
    """What follows a report, so many reports later, for some reports of each hundred."""

    event: type[ReportAccepted] | type[ReportWithdrawn]
    later: int
    of_hundred: frozenset[int]


SEQUELS = (
    Sequel(ReportAccepted, 2_000, frozenset({3, 23, 43, 63, 83})),
    Sequel(ReportAccepted, 20_000, frozenset({13, 33, 53, 73, 93})),
    Sequel(ReportWithdrawn, 25_000, frozenset({13, 57})),  # one of them corrected before
)
"""By how much later they come: sooner and later than a reader's batch."""


class Asked(NamedTuple):
    """What one commune reports in one form for one period: a slot of the ledger."""

    unit: Unit
    form: FormVersion
    period: Period


class Material:
    """All reports by number: period after period, form after form, commune after commune."""

    def __init__(self, reference: ReferenceData) -> None:
        self._directory = reference.directory
        months = (it for year in YEARS for it in periods_of_year("nd09", "month", year))
        self._periods = list(dropwhile(lambda it: it.code != FIRST_PERIOD, months))
        found = (reference.catalogue.form(it, self._periods[0]) for it in FORMS)
        self.forms = [it for it in found if it]
        self._samplers = {it: Sampler(it, reference.catalogue) for it in self.forms}
        self._units = [
            it for it in reference.directory if it.level == "commune" and not it.valid_to
        ]
        Random(SEED).shuffle(self._units)  # noqa: S311 - provinces report side by side

    def asked(self, number: int) -> Asked:
        """Return what the report of this number is about; each number has its own."""
        number, unit = divmod(number, len(self._units))
        period, form = divmod(number, len(self.forms))
        return Asked(self._units[unit], self.forms[form], self._periods[period])

    def events(self, count: int) -> Iterator[ReportAccepted | ReportWithdrawn]:
        """Make the events of *count* reports, each followed by its sequels in due course."""
        for now in range(count + max(it.later for it in SEQUELS)):
            if now < count:
                yield self._accepted(now, 1, self._at(now))
            for sequel in SEQUELS:
                number = now - sequel.later
                if 0 <= number < count and number % 100 in sequel.of_hundred:
                    yield self._sequel(sequel, number)

    def _sequel(self, sequel: Sequel, number: int) -> ReportAccepted | ReportWithdrawn:
        before = SEQUELS[: SEQUELS.index(sequel)]
        revision = 2 + sum(number % 100 in it.of_hundred for it in before)
        at = self._at(number) + sequel.later * BETWEEN_REPORTS
        make = self._accepted if sequel.event is ReportAccepted else self._withdrawn
        return make(number, revision, at)

    def _accepted(self, number: int, revision: int, at: datetime) -> ReportAccepted:
        unit, form, period = self.asked(number)
        random = Random(SEED + 10 * number + revision)  # noqa: S311 - the same log every time
        drawn = self._samplers[form].draw(random)
        first, due_at = self._at(number), period.closes_at.astimezone(UTC) + DUE_AFTER
        return ReportAccepted(
            event_id=derived_id("bench", number, revision),
            occurred_at=at,
            source="bench",
            submission_id=f"bench-{number}-{revision}",
            unit=unit.key,
            unit_type=unit.type,
            path=self._directory.path(unit.key, period.last_day),
            form=form.code,
            form_version=form.version,
            period=period.code,
            revision=revision,
            figures=drawn.figures,
            qualifiers=drawn.qualifiers,
            received_at=at,
            first_received_at=first,
            due_at=due_at,
            deadline_rule="nd09.2wd",
            on_time=first <= due_at,
        )

    def _withdrawn(self, number: int, revision: int, at: datetime) -> ReportWithdrawn:
        unit, form, period = self.asked(number)
        return ReportWithdrawn(
            event_id=derived_id("bench", number, revision),
            occurred_at=at,
            source="bench",
            submission_id=f"bench-{number}-{revision}",
            unit=unit.key,
            unit_type=unit.type,
            path=self._directory.path(unit.key, period.last_day),
            form=form.code,
            form_version=form.version,
            period=period.code,
            revision=revision,
            reason="Gửi nhầm kỳ báo cáo.",
            received_at=at,
        )

    def _at(self, number: int) -> datetime:
        """Return when a report comes in: from the end of its period on, one after another."""
        place = number % (len(self._units) * len(self.forms))
        return self.asked(number).period.closes_at.astimezone(UTC) + place * BETWEEN_REPORTS
