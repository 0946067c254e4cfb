"""
fold: number the revisions of a batch, so that every submission is decided exactly once.

The same event with the same content gets its first receipt again. Another content under a used
event id is refused. The same figures under a new id change nothing. All else is a new revision of
its slot; withdrawals take one too. What comes out depends on the order of arrival only, never on
how arrivals were cut into batches.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.intake.domain.arrivals import Kind
from services.intake.domain.judge import Standing, Verdict
from services.intake.domain.remarks import Remark, Say
from services.intake.domain.slots import Entry, EventKey, Family, Holdings, Slot, SlotKey
from services.intake.domain.structure import Reading
from shared.contracts.reports import Finding
from shared.domain.periods import Period, parse_period

Judge = Callable[[Reading, int], Verdict]
"""Gives a verdict on a reading, told what earlier periods carried in."""

_NO_SLOT = Slot(SlotKey("", "", ""))


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What became of one arrival.

    ``standing`` is there when the slot changed, and so the report must be published.
    ``repeated`` tells that the entry was in the journal already.
    """

    entry: Entry
    standing: Standing | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision per arrival, in order, and what is to be stored."""

    all: tuple[Decision, ...]
    entries: tuple[Entry, ...]
    slots: tuple[Slot, ...]


def fold(holdings: Holdings, readings: Iterable[Reading], judge: Judge, say: Say) -> Decisions:
    """Decide a batch in order of arrival, given what journal and slots hold."""
    books = _Books(holdings)
    decided = tuple(_decide(books, reading, judge, say) for reading in readings)
    return Decisions(decided, tuple(books.added), tuple(books.slots[it] for it in books.changed))


class _Books:
    """Journal and slots as they stand in the middle of a batch."""

    def __init__(self, holdings: Holdings) -> None:
        self.slots = dict(holdings.slots)
        self.changed: dict[SlotKey, None] = {}
        self.added: list[Entry] = []
        self._entries = dict(holdings.entries)
        self._carried = holdings.carried
        self._moved: dict[tuple[str, str], list[tuple[Period, int]]] = defaultdict(list)

    def known(self, key: EventKey) -> Sequence[Entry]:
        """Return the entries under an event id, oldest first."""
        return self._entries.get(key, ())

    def slot(self, key: SlotKey) -> Slot:
        """Return a slot as it stands."""
        return self.slots.get(key) or Slot(key)

    def enter(self, entry: Entry) -> None:
        """Add a line to the journal."""
        key = entry.source, entry.event_id
        self._entries[key] = (*self.known(key), entry)
        self.added.append(entry)

    def keep(self, slot: Slot) -> None:
        """Change a slot, and remember how that changes what later periods start from."""
        moved = slot.backlog - self.slot(slot.key).backlog
        period = parse_period(slot.key.period)
        if moved and period is not None:
            self._moved[slot.key.unit, slot.key.form].append((period, moved))
        self.slots[slot.key] = slot
        self.changed[slot.key] = None

    def carried_in(self, key: SlotKey) -> int:
        """
        Return what the earlier periods of a unit left unsettled.

        Months, quarters and years overlap, so only periods of one kind are added up; of several
        kinds the largest counts, since refusing a true report is worse.
        """
        families: dict[Family, int] = defaultdict(int, self._carried.get(key, {}))
        period = parse_period(key.period)
        for earlier, moved in self._moved.get((key.unit, key.form), ()):
            if period is not None and earlier.last_day < period.first_day:
                families[earlier.regime, earlier.kind] += moved
        return max([0, *families.values()])


def _decide(books: _Books, reading: Reading, judge: Judge, say: Say) -> Decision:
    arrived = reading.arrived
    known = books.known((arrived.source, arrived.event_id))
    for entry in known:
        if entry.content_hash == reading.content_hash:
            return Decision(entry, repeated=True)
    decision = (
        Decision(_refused(reading, [say(_conflict(known[0]))]))
        if known
        else _judged(books, reading, judge, say)
    )
    books.enter(decision.entry)
    return decision


def _judged(books: _Books, reading: Reading, judge: Judge, say: Say) -> Decision:
    key = slot_key(reading)
    verdict = judge(reading, books.carried_in(key) if key else 0)
    findings = [say(it) for it in verdict.remarks]
    if key is None or verdict.standing is None:
        return Decision(_refused(reading, findings))
    slot = books.slot(key)
    if reading.arrived.kind is Kind.WITHDRAWAL:
        objection = _objection(reading, slot)
        if objection is not None:
            return Decision(_refused(reading, [*findings, say(objection)]))
        after = Slot(key, slot.revision + 1)
    elif slot.figures_hash == verdict.standing.figures_hash:
        return Decision(_entry(reading, findings, slot, verdict.standing, unchanged=True))
    else:
        after = _filled(slot, reading, verdict.standing)
    books.keep(after)
    return Decision(_entry(reading, findings, after, verdict.standing), verdict.standing)


def slot_key(reading: Reading) -> SlotKey | None:
    """Name the slot that a well-formed submission is about."""
    report = reading.report
    return None if report is None else SlotKey(report.unit, report.form, report.period)


def _filled(slot: Slot, reading: Reading, standing: Standing) -> Slot:
    """Put new figures into a slot; lateness is judged when it was empty, and only then."""
    received_at, due = reading.arrived.received_at, standing.due
    first = slot.figures_hash is None
    return Slot(
        key=slot.key,
        revision=slot.revision + 1,
        figures_hash=standing.figures_hash,
        first_received_at=received_at if first else slot.first_received_at,
        due_at=due.at if first else slot.due_at,
        deadline_rule=due.rule_code if first else slot.deadline_rule,
        on_time=received_at < due.at if first else slot.on_time,
        backlog=standing.backlog,
    )


def _objection(reading: Reading, slot: Slot) -> Remark | None:
    """Tell why a withdrawal withdraws nothing."""
    meant = reading.arrived.revision
    if slot.figures_hash is None:
        return Remark("nothing_to_withdraw", "period")
    if meant is not None and meant != slot.revision:
        return Remark("superseded", "period", {"meant": meant, "now": slot.revision})
    return None


def _conflict(first: Entry) -> Remark:
    day = first.received_at.strftime("%d/%m/%Y")
    return Remark("event_id_conflict", "event_id", {"event_id": first.event_id, "day": day})


def _refused(reading: Reading, findings: Sequence[Finding]) -> Entry:
    return _entry(reading, findings, _NO_SLOT, None)


def _entry(
    reading: Reading,
    findings: Sequence[Finding],
    slot: Slot,
    standing: Standing | None,
    *,
    unchanged: bool = False,
) -> Entry:
    """Write the line of the journal; without *standing* the submission was refused."""
    arrived = reading.arrived
    return Entry(
        source=arrived.source,
        event_id=arrived.event_id,
        content_hash=reading.content_hash,
        kind=arrived.kind,
        body=arrived.body,
        received_at=arrived.received_at,
        verdict="accepted" if standing else "rejected",
        findings=tuple(findings),
        unit=reading.unit,
        form=reading.form,
        period=reading.period,
        unchanged=unchanged,
        revision=slot.revision if standing else None,
        form_version=standing.form_version if standing else None,
        first_received_at=slot.first_received_at,
        due_at=slot.due_at,
        deadline_rule=slot.deadline_rule,
        on_time=slot.on_time,
    )
