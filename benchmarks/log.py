"""Writes the log to the reports topic, as intake would."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.contracts.wire import encode
from shared.directory.partitions import partition_of
from shared.infra.kafka.broker import producer
from shared.reference.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class Written:
    """What the log holds: records, and their bodies together in bytes."""

    records: int
    size: int


async def write_log(
    bootstrap: str, reference: ReferenceData, events: Iterable[ReportAccepted | ReportWithdrawn]
) -> Written:
    """Append *events* to the reports topic, which exists; a province keeps to one partition."""
    records = size = 0
    async with producer(bootstrap, "bench") as kafka:
        for event in events:
            message = encode(event, "qcdc/intake")
            await kafka.send(
                REPORTS,
                message.body,
                key=event.province.encode(),
                partition=partition_of(event.province, reference.directory, PARTITIONS[REPORTS]),
                headers=message.headers,
            )
            records += 1
            size += len(message.body)
        await kafka.flush()
    return Written(records, size)
