"""
The events of ``qcdc.reports.v1`` once more, from the journal.

An event says what its journal entry says, and the figures that follow from the stored body and
the form version. So an entry gives the same bytes whenever it is published.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.intake.domain.events import PublishedReport, published, rejudged
from services.intake.domain.judge import canonical_figures
from services.intake.domain.parsing import SubmissionEvent, parse_submission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.state import JournalEntry
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.contracts.reports import ReportSubmitted
from shared.contracts.strict_json import parse
from shared.reference.periods import parse_period


class CannotRepublish(LookupError):
    """The catalogue or the directory lacks what an accepted entry of the journal names."""


@dataclass(frozen=True, slots=True)
class RepublishedRevision:
    """One event; ``derived`` when unit type and path are today's, since none were stored."""

    event: PublishedReport
    derived: bool


class Republishing:
    """Turns journal entries into events; entries come slot by slot, in order of revision."""

    def __init__(self, context: RuleContext) -> None:
        self._context = context
        self._filled_by: JournalEntry | None = None

    def events(self, entries: Iterable[JournalEntry]) -> Iterator[RepublishedRevision]:
        """Yield one event for each entry; a batch goes on where the one before ended."""
        for entry in entries:
            if entry.kind is SubmissionKind.SUBMISSION:
                self._filled_by = entry
            derived = entry.path is None
            placed = with_place(entry, self._context) if derived else entry
            event = published_again(placed, self._filled_by, self._context)
            yield RepublishedRevision(event, derived)


def published_again(
    entry: JournalEntry, filled_by: JournalEntry | None, context: RuleContext
) -> PublishedReport:
    """
    Return the event of a revision; *filled_by* is the last submission up to it.

    Raises:
        CannotRepublish: the journal or the catalogue lacks what the entry rests on.

    """
    if entry.kind is not SubmissionKind.REJUDGEMENT:
        return published(entry, *_reported(entry, entry.form_version, context))
    order = parse(entry.body)
    if filled_by is None or not isinstance(order, dict) or not _same_slot(entry, filled_by):
        raise CannotRepublish(f"{entry.event_id} judges a report that is not in the journal")
    content = _reported(filled_by, entry.form_version, context)
    return rejudged(entry, filled_by, *content, str(order["document"]))


def with_place(entry: JournalEntry, context: RuleContext) -> JournalEntry:
    """Add the unit's type and path by the directory in force."""
    period = parse_period(entry.period or "")
    unit = context.directory.get(entry.unit or "", period.last_day) if period else None
    if period is None or unit is None:
        raise CannotRepublish(f"the directory knows no {entry.unit} in {entry.period}")
    path = context.directory.path(unit.key, period.last_day)
    return replace(entry, unit_type=unit.type, path=path)


def _reported(
    stored: JournalEntry, form_version: int | None, context: RuleContext
) -> tuple[SubmissionEvent, dict[str, int | str | None]]:
    """Read what an accepted entry was sent as, and its figures by a form version."""
    document = parse(stored.body)
    raw = RawSubmission(
        source=stored.source,
        kind=stored.kind,
        event_id=stored.event_id,
        document=document if isinstance(document, dict) else {},
        body=stored.body,
        received_at=stored.received_at,
        time_required=False,
    )
    report = parse_submission(raw).report
    compiled = context.compiled_version(stored.form, form_version)
    if report is None or compiled is None:
        raise CannotRepublish(f"{stored.form} has no version {form_version} any more")
    if not isinstance(report, ReportSubmitted):
        return report, {}
    return report, canonical_figures(report, compiled)


def _same_slot(entry: JournalEntry, other: JournalEntry) -> bool:
    return (entry.unit, entry.form, entry.period) == (other.unit, other.form, other.period)
