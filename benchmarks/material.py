"""The log that every competitor reads: accepted reports of communes, as intake writes them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.contracts.event import derived_id
from shared.contracts.reports import ReportAccepted
from shared.contracts.topics import REPORTS
from shared.contracts.wire import encode
from shared.directory.loading import load_reference_data
from shared.infra.kafka.broker import producer
from shared.reference.figures import to_wire
from shared.reference.periods import parse_period
from shared.reference.reference_data import ReferenceData

FORM = "F05"
PERIODS = tuple(f"nd09.2026-M{month:02}" for month in range(1, 11))
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def reports(reference: ReferenceData, count: int) -> Iterator[ReportAccepted]:
    """Make *count* reports: every commune, period after period, every tenth a correction."""
    first_period = parse_period(PERIODS[0])
    form = reference.catalogue.form(FORM, first_period) if first_period else None
    if form is None:
        raise LookupError(f"{FORM} is not in the catalogue")
    units = [it for it in reference.directory if it.level == "commune" and it.valid_to is None]
    for number in range(count):
        slot = number if number % 10 else max(0, number - 1)
        unit = units[slot % len(units)]
        at = START + timedelta(seconds=number)
        yield ReportAccepted(
            event_id=derived_id("bench", number),
            occurred_at=at,
            source="bench",
            submission_id=f"bench-{number}",
            unit=unit.key,
            unit_type=unit.type,
            path=reference.directory.path(unit.key),
            form=FORM,
            form_version=form.version,
            period=PERIODS[slot // len(units) % len(PERIODS)],
            revision=1 if slot == number else 2,
            figures={
                cell.key: to_wire(
                    (number * 7919 + position) % 1000,
                    reference.catalogue.indicators[cell.indicator].scale,
                )
                for position, cell in enumerate(form.cells)
            },
            received_at=at,
            first_received_at=at,
            due_at=at + timedelta(days=1),
            deadline_rule="nd09.2wd",
            on_time=True,
        )


async def write_log(bootstrap: str, count: int) -> int:
    """Fill the reports topic, which exists; return the mean size of a body in bytes."""
    reference = load_reference_data()
    index = {key: number for number, key in enumerate(reference.directory.provinces())}
    size = 0
    async with producer(bootstrap, "bench") as kafka:
        for event in reports(reference, count):
            message = encode(event, "qcdc/intake")
            size += len(message.body)
            await kafka.send(
                REPORTS,
                message.body,
                key=event.province.encode(),
                partition=index[event.province] % 12,
                headers=message.headers,
            )
        await kafka.flush()
    return size // count
