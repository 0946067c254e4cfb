"""Accepted and withdrawn reports as intake publishes them, and as the aggregator reads them."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import ConsumerRecord

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.entry.kafka import ReportDecoder
from shared.contracts.event import Event, derived_id
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.wire import encode
from shared.infra.kafka.records import Poison, Record

DAY = datetime(2024, 1, 5, 8, tzinfo=UTC)
Value = int | str | None
COMMUNE, DISTRICT, PROVINCE = "D373.C1", "D373.1", "37.1"
CELLS = ("dvk_models_new", "dvk_models_total", "work_days", "dvk_models_new[field=kinh_te]")
"""Cells of form F05."""


@dataclass(frozen=True)
class ReportSubject:
    """The unit, the areas above it, the form and the period; by default a commune of Ninh Bình."""

    unit: str = COMMUNE
    path: tuple[str, ...] = (DISTRICT, PROVINCE)
    unit_type: str = "xa"
    form: str = "F05"
    period: str = "cal.2023"


NINH_BINH_COMMUNE = ReportSubject()


def accepted(
    figures: Mapping[str, Value],
    subject: ReportSubject = NINH_BINH_COMMUNE,
    *,
    revision: int = 1,
    qualifiers: Mapping[str, str] | None = None,
    on_time: bool | None = True,
    rejudged: str | None = None,
) -> ReportAccepted:
    """Return an accepted report; later revisions came later. No *on_time* is history entered."""
    return ReportAccepted.model_validate(
        {
            **_common("accepted", subject, revision),
            "figures": dict(figures),
            "qualifiers": dict(qualifiers or {}),
            "first_received_at": DAY + timedelta(minutes=1),
            "due_at": DAY + (timedelta(days=1) if on_time else timedelta(days=-1)),
            "deadline_rule": "cal.5wd",
            "on_time": on_time is True,
            "backfilled": on_time is None,
            "rejudged": rejudged,
        }
    )


def withdrawn(subject: ReportSubject = NINH_BINH_COMMUNE, *, revision: int = 2) -> ReportWithdrawn:
    """Return the withdrawal of a report."""
    return ReportWithdrawn.model_validate(
        {**_common("withdrawn", subject, revision), "reason": "nhập nhầm"}
    )


def _common(kind: str, subject: ReportSubject, revision: int) -> dict[str, object]:
    slot = subject.unit, subject.form, subject.period, revision
    return {
        **asdict(subject),
        "event_id": derived_id(kind, *slot),
        "occurred_at": DAY + timedelta(minutes=revision),
        "received_at": DAY + timedelta(minutes=revision),
        "source": "tests",
        "submission_id": derived_id("submission", *slot),
        "form_version": 1,
        "revision": revision,
    }


def record(event: Event, offset: int = 0, topic: str = "reports", partition: int = 0) -> Record:
    """Return the record of an event."""
    message = encode(event, "qcdc/intake")
    return raw(message.body, message.headers, offset, topic, partition)


def raw(
    body: bytes | None,
    headers: Iterable[tuple[str, bytes]] = (),
    offset: int = 0,
    topic: str = "reports",
    partition: int = 0,
) -> Record:
    """Return a record with any content."""
    return ConsumerRecord(
        topic, partition, offset, 1_700_000_000_000, 1, b"37.1", body, None, 4, 0, tuple(headers)
    )


def revision_of(event: Event, layouts: Layouts) -> Revision:
    """Decode an event, as the subscription does."""
    revision = ReportDecoder(layouts)(record(event))
    assert not isinstance(revision, Poison), revision
    return revision


def mixed_history(seed: int = 7, slots: int = 150) -> list[Event]:
    """Return reports of communes in two provinces: corrected, moved, withdrawn, out of order."""
    rng = random.Random(seed)
    events: list[Event] = []
    for n in range(slots):
        for revision in range(1, rng.randint(1, 4) + 1):
            province = rng.choice(["37.1", "80.1"])
            subject = ReportSubject(
                f"U{seed}-{n}",
                (f"D{rng.randint(1, 4)}.{province}", province),
                rng.choice(["xa", "phuong"]),
                period=rng.choice(["cal.2022", "cal.2023"]),
            )
            if rng.random() < 0.2:
                events.append(withdrawn(subject, revision=revision))
            else:
                figures = {cell: rng.choice([None, 0, rng.randint(1, 999)]) for cell in CELLS}
                qualifiers = {rng.choice(CELLS): rng.choice(["at_least", "about", "at_most"])}
                on_time = rng.choices([True, False, None], [7, 2, 1])[0]
                events.append(
                    accepted(
                        figures, subject, revision=revision, qualifiers=qualifiers, on_time=on_time
                    )
                )
    rng.shuffle(events)
    return events + rng.sample(events, slots // 2)
