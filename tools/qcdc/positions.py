"""``qcdc positions``: how far each service has read, what lies there, and accepting a loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.infra.errors import Misconfigured, Partition
from shared.infra.health import Condition
from shared.infra.kafka.log_comparison import compare_now
from shared.infra.kafka.logs import LogState
from shared.infra.kafka.positions import (
    StoredPosition,
    StreamPartition,
    accept_loss,
    hold,
    stored_positions,
)
from tools.qcdc.databases import connected
from tools.qcdc.settings import SERVICES, OperatorSettings


@dataclass(frozen=True)
class PositionReport:
    """One position, and the log that it is of."""

    service: str
    stream: str
    topic: str
    partition: int
    position: int
    first: int | None
    end: int | None
    """What the log holds now; None while Kafka has no such topic."""
    topic_id: str | None
    newest_offset: int | None
    newest_at: datetime | None
    newest_checksum: str | None
    """The newest record applied; the checksum is CRC-32 in hexadecimal digits."""
    held_because: str | None
    held_since: datetime | None
    """None also when nobody has looked since the log was replaced or lost records."""

    @property
    def line(self) -> str:
        """One line for the operator."""
        log = "no such topic" if self.end is None else f"log {self.first}..{self.end}"
        newest = ""
        if self.newest_at is not None:
            at = self.newest_at.isoformat(timespec="seconds")
            newest = f" newest {self.newest_offset} of {at} crc {self.newest_checksum}"
        since = self.held_since.isoformat(timespec="seconds") if self.held_since else "now"
        held = f" HELD {self.held_because} since {since}" if self.held_because else ""
        place = f"{self.stream} {self.topic}/{self.partition}"
        return f"{self.service}: {place} position {self.position} {log}{newest}{held}"


@dataclass(frozen=True)
class AcceptLossOrder:
    """Whose positions go on in spite of a loss, who says so, and by which document."""

    service: str
    topic: str
    partition: int | None
    document: str
    accepted_by: str
    dry_run: bool


@dataclass(frozen=True)
class AcceptedLoss:
    """A position that goes on: why it was held, how far it had read, from where it reads now."""

    stream: str
    topic: str
    partition: int
    because: str
    position: int
    goes_on_from: int

    @property
    def line(self) -> str:
        """One line for the operator."""
        place = f"{self.stream} {self.topic}/{self.partition}"
        return f"{place}: {self.because} at {self.position}, reads on from {self.goes_on_from}"


async def show(settings: OperatorSettings, service: str | None) -> list[PositionReport]:
    """Return the positions of a service, or of all."""
    reports = []
    for name in [service] if service else SERVICES:
        async with connected(settings, name) as connection:
            stored = await stored_positions(connection)
        logs, reasons = await _compared(settings.kafka_or_fail(), stored)
        reports += [_report(name, key, it, logs, reasons.get(key)) for key, it in stored.items()]
    return reports


async def accept(settings: OperatorSettings, order: AcceptLossOrder) -> list[AcceptedLoss]:
    """
    Let every held partition go on that the order is about, from the beginning of what is there.

    Raises:
        Misconfigured: the service has read no such partition, the topic does not exist, or the
            document is not named.

    """
    if not order.document.strip():
        raise Misconfigured("--document is empty: name the document that accepts the loss")
    async with connected(settings, order.service) as connection:
        stored = {
            key: it
            for key, it in (await stored_positions(connection)).items()
            if key.partition.topic == order.topic
            and order.partition in (None, key.partition.partition)
        }
        if not stored:
            raise Misconfigured(f"{order.service} has read no such partition of {order.topic}")
        logs, reasons = await _compared(settings.kafka_or_fail(), stored)
        if not logs:
            raise Misconfigured(f"there is no topic {order.topic}; run: qcdc topics apply")
        accepted = []
        async with connection.transaction():
            for key in sorted(it for it in reasons if it.partition in logs):
                log, seen, why = logs[key.partition], stored[key], reasons[key]
                if not order.dry_run:
                    await hold(connection, key, seen, why)
                    await accept_loss(connection, key, log, order.accepted_by, order.document)
                accepted.append(
                    AcceptedLoss(
                        key.stream,
                        key.partition.topic,
                        key.partition.partition,
                        why,
                        seen.next_offset,
                        log.first,
                    )
                )
        return accepted


async def _compared(
    kafka: str, stored: Mapping[StreamPartition, StoredPosition]
) -> tuple[Mapping[Partition, LogState], Mapping[StreamPartition, Condition]]:
    """Return the logs, and why positions of them are held, or would be if somebody looked now."""
    logs: dict[Partition, LogState] = {}
    reasons: dict[StreamPartition, Condition] = {}
    for stream in sorted({it.stream for it in stored}):
        mine = {key.partition: it for key, it in stored.items() if key.stream == stream}
        found, held = await compare_now(kafka, mine)
        logs |= found
        reasons |= {StreamPartition(stream, it): why for it, why in held.items()}
    return logs, reasons


def _report(
    service: str,
    key: StreamPartition,
    stored: StoredPosition,
    logs: Mapping[Partition, LogState],
    found: Condition | None,
) -> PositionReport:
    log, newest = logs.get(key.partition), stored.newest
    because = stored.held_because or found
    return PositionReport(
        service=service,
        stream=key.stream,
        topic=key.partition.topic,
        partition=key.partition.partition,
        position=stored.next_offset,
        first=log.first if log else None,
        end=log.end if log else None,
        topic_id=stored.log.topic if stored.log else None,
        newest_offset=newest.offset if newest else None,
        newest_at=datetime.fromtimestamp(newest.timestamp_ms / 1000, UTC) if newest else None,
        newest_checksum=f"{newest.checksum:08x}" if newest else None,
        held_because=because.value if because else None,
        held_since=stored.held_since,
    )
