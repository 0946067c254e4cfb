"""Writes the log to the reports topic, as intake would."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.wire import encode
from shared.infra.broker import producer
from shared.infra.facts import Facts
from shared.infra.topics import REPORTS

PARTITIONS = 12


@dataclass(frozen=True, slots=True)
class Written:
    """What the log holds: records, and their bodies together in bytes."""

    records: int
    size: int


async def write_log(
    bootstrap: str, facts: Facts, events: Iterable[ReportAccepted | ReportWithdrawn]
) -> Written:
    """Append *events* to the reports topic, which exists; a province keeps to one partition."""
    partitions = {key: place % PARTITIONS for place, key in enumerate(facts.directory.provinces())}
    records = size = 0
    async with producer(bootstrap, "bench") as kafka:
        for event in events:
            message = encode(event, "qcdc/intake")
            await kafka.send(
                REPORTS,
                message.body,
                key=event.province.encode(),
                partition=partitions[event.province],
                headers=message.headers,
            )
            records += 1
            size += len(message.body)
        await kafka.flush()
    return Written(records, size)
