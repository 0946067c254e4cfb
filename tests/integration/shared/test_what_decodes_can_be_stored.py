"""
What a decoder lets pass, the tables of its service take: the ranges of both are the same.

Otherwise a record is neither a dead letter nor applied, and its partition waits for a person.
"""

import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.aggregator.store.schema import MIGRATIONS as AGGREGATOR_MIGRATIONS
from services.intake.app import MIGRATIONS as INTAKE_MIGRATIONS
from services.intake.app import Intake
from services.intake.store.postgres import Journal
from services.notifier.app import MIGRATIONS as NOTIFIER_MIGRATIONS
from shared.infra.kafka.inbox import Inbox
from shared.infra.kafka.records import Poison, Record
from shared.infra.kafka.subscription import Subscription
from shared.infra.postgres.database import Database
from shared.infra.postgres.migrate import Migration, migrate
from tests.architecture.services import build_services, subscriptions_of
from tests.builders.hostile_records import (
    TIMESTAMPS,
    TOKENS,
    Golden,
    golden_of,
    hostile_records,
    paths_of,
    record,
    topic_of,
    with_token,
)
from tests.builders.reference import shipped_reference
from tools.generate.flow import AGGREGATOR, INTAKE, NOTIFIER

MIGRATIONS: Mapping[str, Sequence[Migration]] = {
    INTAKE: INTAKE_MIGRATIONS,
    AGGREGATOR: AGGREGATOR_MIGRATIONS,
    NOTIFIER: NOTIFIER_MIGRATIONS,
}
SERVICES = build_services(shipped_reference())
SUBSCRIPTIONS: Sequence[Any] = [
    pytest.param(service, it, id=f"{service}-{it.stream}")
    for service, parts in SERVICES.items()
    for it in subscriptions_of(parts)
]
_numbers = itertools.count(1)


@asynccontextmanager
async def stored(url: str, service: str) -> AsyncIterator[Database]:
    """Open a database with the tables of a service, and a duty for what the reports report."""
    await migrate(url, "qcdc", MIGRATIONS[service])
    database = Database(url, application="test", size=1)
    await database.open()
    try:
        if service == INTAKE:
            async with database.connection() as connection:
                intake = SERVICES[INTAKE]
                assert isinstance(intake, Intake)
                intake.revisions.watch.trust(await Journal().identity(connection))
        if service == NOTIFIER:
            async with database.connection() as connection:
                await connection.execute(
                    "INSERT INTO duty (unit, form, period, province, committee, due_at,"
                    " deadline_rule, state) VALUES ('13285.2', 'F05', 'nd09.2026-M10', '37.2',"
                    " 'c', '2026-10-16T10:00:00Z', 'nd09.2wd', 'open') ON CONFLICT DO NOTHING"
                )
        yield database
    finally:
        await database.close()


async def refused(
    inbox: Inbox[Any], subscription: Subscription[Any], found: Iterable[Record]
) -> list[bytes | None]:
    """Apply what decodes of these records; return the values that the database did not take."""
    decoded = [(it, subscription.decode(it)) for it in found]
    partition = next(_numbers)
    placed = [
        (replace(it, partition=partition, offset=offset), message)
        for offset, (it, message) in enumerate(
            pair for pair in decoded if not isinstance(pair[1], Poison)
        )
    ]
    if not placed:
        return []
    await inbox.apply(*zip(*placed, strict=True))
    async with inbox.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT value FROM dead_letter WHERE partition = $1", partition
        )
    return [row["value"] for row in rows]


@pytest.mark.parametrize(("service", "subscription"), SUBSCRIPTIONS)
async def test_each_field_at_its_limits(
    service: str, subscription: Subscription[Any], postgres_url: str
) -> None:
    """Every field of every golden message with every token: 2^31, NUL, year 9999, long texts."""
    async with stored(postgres_url, service) as database:
        inbox = subscription.inbox(database, service)
        for golden in golden_of(subscription):
            for path in paths_of(golden["body"]):
                found = (
                    record(
                        topic_of(subscription),
                        with_token(_renewed(golden), path, token),
                        _headers(golden),
                    )
                    for token in TOKENS
                )

                assert await refused(inbox, subscription, found) == [], path


@pytest.mark.parametrize(("service", "subscription"), SUBSCRIPTIONS)
@given(data=st.data())
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_what_decodes_can_be_stored(
    service: str, subscription: Subscription[Any], postgres_url: str, data: st.DataObject
) -> None:
    """Two things wrong at once, any bytes, keys, headers and times."""
    found = data.draw(st.lists(hostile_records(subscription, _fresh()), min_size=1, max_size=50))

    async with stored(postgres_url, service) as database:
        inbox = subscription.inbox(database, service)

        assert await refused(inbox, subscription, found) == []


@pytest.mark.parametrize(("service", "subscription"), SUBSCRIPTIONS)
async def test_unreadable_records_of_any_time_are_kept(
    service: str, subscription: Subscription[Any], postgres_url: str
) -> None:
    """A producer without a clock must not stop whoever cannot read it anyway."""
    async with stored(postgres_url, service) as database:
        inbox = subscription.inbox(database, service)
        for timestamp in TIMESTAMPS:
            place = next(_numbers), 0
            found = record(topic_of(subscription), b"nope", timestamp=timestamp, place=place)

            await inbox.apply([found], [subscription.decode(found)])

        async with database.connection() as connection:
            kept = await connection.fetchval("SELECT count(*) FROM dead_letter")
            published = await connection.fetchval("SELECT count(*) FROM outbox")
        assert kept == published == len(TIMESTAMPS)


def _headers(golden: Golden) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in golden["headers"].items()]


def _fresh() -> dict[str, Any]:
    """Return what makes a message new to whoever has read others like it."""
    number = next(_numbers)
    return {"revision": number, "event_id": f"e-{number}"}


def _renewed(golden: Golden) -> Golden:
    changes = {name: it for name, it in _fresh().items() if name in golden["body"]}
    return {**golden, "body": golden["body"] | changes}
