"""
Up to when every submission over Kafka is judged, and whom that leaves out.

Three answers for a partition. Nothing is unread: up to now. The first unread record is young:
up to its append time, since append times only rise. It is older than ``STANDS_AFTER``: the
partition stands, for whatever reason, and must not hold up everybody; what is unread is looked
at, not judged, and holds only the units that it names. Then the answer is the append time of the
first record not looked at, or now when all were. Markers of transactions, aborted records and
offsets that compaction left empty are no records. See ``docs/decisions/0002-watermark.md``.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.intake.domain.look_ahead import LookAhead, WaitingUnits, seen
from shared.contracts.topics import source_of
from shared.infra.errors import Partition
from shared.infra.health import Condition
from shared.infra.kafka.logs import LogState
from shared.infra.kafka.positions import Positions, StoredPosition
from shared.infra.kafka.records import EPOCH, Record, appended_at
from shared.infra.kafka.unread import Looked, Span, UnreadLog, held_by
from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData

STANDS_AFTER = timedelta(seconds=4)
_LOG_APPEND_TIME = 1
FIRST_SECONDS_MAX = 1.0
"""To find the first unread record of each partition."""

AHEAD_SECONDS_MAX = 1.0
"""To look ahead in each pass; the next one goes on where this one stopped."""


class Bound(NamedTuple):
    """Up to when the submissions of a partition are judged; None when that cannot be told."""

    at: datetime | None
    reason: str


class Survey(NamedTuple):
    """All submissions over Kafka are judged up to ``bound``, save those of units that wait."""

    bound: Bound
    waiting: Sequence[WaitingUnits]


class _Segment(NamedTuple):
    """What of a partition lies before the first open transaction, or behind its beginning."""

    partition: Partition
    committed: bool


class SurveyUnread:
    """Looks at what is unread on the submissions topics, pass by pass; changes nothing."""

    def __init__(
        self,
        log: UnreadLog,
        pattern: str,
        reference: Callable[[], ReferenceData],
    ) -> None:
        """Look at topics of *pattern*, for units of the directory in force by *reference*."""
        self._log = log
        self._is_read = re.compile(pattern).fullmatch
        self._reference = reference
        self._known: Directory | None = None
        self._ahead: dict[_Segment, LookAhead] = {}

    async def __call__(self, now: datetime, stored: Positions) -> Survey:
        """
        Survey what lies beyond the positions *stored*, which were read at or after *now*.

        Raises KafkaError when Kafka does not say which partitions there are and where they end.
        """
        if self._known is not (directory := self._reference().directory):
            self._known, self._ahead = directory, {}  # a unit may have become known
        bounds = [Bound(now, "")]
        start = {it: position.next_offset for it, position in stored.items()}
        unread: dict[Partition, LogState] = {}
        for partition, log in (await self._log.logs(self._is_ours)).items():
            if log is None:
                bounds.append(Bound(None, f"{_name(partition)} has no leader"))
            elif _is_another(stored.get(partition, StoredPosition()), log):
                bounds.append(Bound(None, f"{_name(partition)} is not the log that was read"))
            elif start.get(partition, 0) < log.end:
                unread[partition] = log
        stable = await self._log.stable_ends(unread)
        spans = dict(self._spans(start, unread, stable, bounds))
        self._ahead = {it: ahead for it, ahead in self._ahead.items() if it in spans}
        new = {it: span for it, span in spans.items() if it not in self._ahead}
        bounds += await self._first(now, new)
        bounds += await self._look_ahead(spans)
        return Survey(min(bounds, key=_earliest), self._waiting())

    def knows(self, unit: str) -> bool:
        """Tell whether the directory in force lists a unit; no other one owes a report."""
        return self._reference().directory.get(unit) is not None

    def _is_ours(self, topic: str) -> bool:
        """Tell a submissions topic from one whose name only looks like that."""
        return source_of(topic) is not None and self._is_read(topic) is not None

    async def close(self) -> None:
        """Give the connections to Kafka back."""
        await self._log.close()

    def _spans(
        self,
        start: Mapping[Partition, int],
        unread: Mapping[Partition, LogState],
        stable: Mapping[Partition, int],
        bounds: list[Bound],
    ) -> Iterator[tuple[_Segment, Span]]:
        """Yield what is to be looked at, and add a bound for what is gone before it was."""
        for partition, log in unread.items():
            position = start.get(partition, 0)
            open_from = max(position, min(stable[partition], log.end))
            for segment, span in (
                (_Segment(partition, True), Span(position, open_from)),
                (_Segment(partition, False), Span(open_from, log.end)),
            ):
                ahead = self._continued(segment, span.start)
                begin = ahead.reached if ahead else span.start
                if begin < min(log.first, span.end):
                    gone = f"{_name(partition)}: records {begin} to {log.first - 1} are gone unread"
                    bounds.append(Bound(None, gone))
                if span.start < span.end:
                    yield segment, Span(max(begin, log.first), span.end)

    def _continued(self, segment: _Segment, start: int) -> LookAhead | None:
        """
        Return what was seen of a segment before, without what has been applied since.

        Behind the beginning of an open transaction everything is looked at again once that has
        ended: what is aborted then is nobody's.
        """
        ahead = self._ahead.get(segment)
        if ahead is None:
            return None
        if ahead.reached <= start or not (segment.committed or ahead.begun == start):
            del self._ahead[segment]
            return None
        ahead.forget_before(start)
        return ahead

    async def _first(self, now: datetime, spans: Mapping[_Segment, Span]) -> list[Bound]:
        """Look for the first unread records; begin to look ahead where a partition stands."""
        bounds = []
        looked = await self._look(spans, FIRST_SECONDS_MAX, first_only=True)
        for segment, it in looked.items():
            if it.records and (at := received_at(it.records[0])) > now - STANDS_AFTER:
                offset = it.records[0].offset
                bounds.append(Bound(at, f"{_name(segment.partition)} is unread from {offset} on"))
            elif it.records:
                self._ahead[segment] = LookAhead(spans[segment].start, spans[segment].start)
                await self._see(segment, it)
            elif it.reached < spans[segment].end:
                bounds.append(Bound(None, _unanswered(segment, it)))
        return bounds

    async def _look_ahead(self, spans: Mapping[_Segment, Span]) -> list[Bound]:
        """Look on where partitions stand; bounds for what was not reached."""
        left = {
            it: Span(max(ahead.reached, spans[it].start), spans[it].end)
            for it, ahead in self._ahead.items()
            if ahead.reached < spans[it].end
        }
        bounds = []
        for segment, it in (await self._look(left, AHEAD_SECONDS_MAX)).items():
            await self._see(segment, it)
            if it.reached < left[segment].end:
                latest = self._ahead[segment].latest
                bounds.append(Bound(latest, _unanswered(segment, it)))
        return bounds

    async def _look(
        self, spans: Mapping[_Segment, Span], seconds: float, *, first_only: bool = False
    ) -> dict[_Segment, Looked]:
        found: dict[_Segment, Looked] = {}
        for committed in (True, False):
            wanted = {it.partition: s for it, s in spans.items() if it.committed is committed}
            if wanted:
                looked = await self._log.look(
                    wanted, committed=committed, seconds=seconds, first_only=first_only
                )
                found |= {_Segment(it, committed): one for it, one in looked.items()}
        return found

    async def _see(self, segment: _Segment, looked: Looked) -> None:
        """Read the units out of bodies; in a thread, since bodies may be large."""
        records = [(it.offset, received_at(it), it.value) for it in looked.records]
        named = await asyncio.to_thread(seen, records, self.knows)
        self._ahead[segment].see(named, looked.reached)

    def _waiting(self) -> Sequence[WaitingUnits]:
        return [
            (
                source_of(segment.partition.topic) or "",
                {unit: it.since for unit, it in ahead.waiting.items()},
            )
            for segment, ahead in self._ahead.items()
            if ahead.waiting
        ]


def received_at(record: Record) -> datetime:
    """
    Return when a record was appended; the beginning of time where its sender chose the instant.

    Such a topic is unfit. What is unread on it always stands then, and holds whom it names.
    """
    return appended_at(record) if record.timestamp_type == _LOG_APPEND_TIME else EPOCH


def _is_another(stored: StoredPosition, log: LogState) -> bool:
    """Tell whether what was unread of another log can be lost: an operator must decide."""
    return held_by(stored, log) is Condition.LOG_REPLACED


def _earliest(bound: Bound) -> tuple[bool, float]:
    return bound.at is not None, bound.at.timestamp() if bound.at else 0.0


def _name(partition: Partition) -> str:
    return f"{partition.topic}/{partition.partition}"


def _unanswered(segment: _Segment, looked: Looked) -> str:
    why = looked.problem or "not looked into yet"
    return f"{_name(segment.partition)} from {looked.reached} on: {why}"
