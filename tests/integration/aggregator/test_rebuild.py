"""The ledger is counted again from the log and swapped, also under traffic."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from services.aggregator.app import Aggregator, build, rebuild
from services.aggregator.errors import LogTooShort, LogUndecided
from services.aggregator.settings import AggregatorSettings
from services.aggregator.store.ledger_reader import read_snapshot
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import TopicSpec
from shared.contracts.wire import encode
from shared.infra.errors import Misconfigured
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import accepted, mixed_history
from tests.builders.logs import make_again
from tests.eventually import eventually
from tests.integration.aggregator.audit import kept_totals, recomputed_totals

PARTITIONS = 4
KEPT_APART = (
    "INSERT INTO snapshot VALUES ('37.1', 'F05', 'cal.2023', 'd', '37.1', now(), 'sum', '{}')",
    "INSERT INTO restatement VALUES ('37.1', 'F05', 'cal.2023', 'd', 1, '', now(), 'event')",
    "INSERT INTO announced_total VALUES ('37.1', 'F05', 'cal.2023', 'who')",
)
"""What no log could bring back: what was signed, and what was published about it."""


@dataclass(frozen=True)
class Log:
    """A topic of reports of this test alone."""

    name: str
    kafka: AIOKafkaProducer

    async def append(self, events: Iterable[Event]) -> None:
        """Append events, each to the partition of its province."""
        waiting = []
        for event in events:
            assert isinstance(event, ReportAccepted | ReportWithdrawn)
            message = encode(event, "qcdc/intake")
            partition = int(event.province[:2]) % PARTITIONS
            waiting.append(
                await self.kafka.send(
                    self.name, message.body, partition=partition, headers=message.headers
                )
            )
        await asyncio.gather(*waiting)

    async def cut(self, bootstrap: str) -> None:
        """Delete every record that the log holds now, as retention would."""
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            everything = {
                TopicPartition(self.name, it): RecordsToDelete(-1) for it in range(PARTITIONS)
            }
            await admin.delete_records(everything)
        finally:
            await admin.close()


@pytest.fixture
async def log(kafka: str) -> AsyncIterator[Log]:
    """Return an empty log."""
    name = f"reports-{uuid.uuid4().hex[:12]}"
    await create_missing_topics(kafka, [TopicSpec(name, PARTITIONS)])
    sender = producer(kafka, "test")
    await sender.start()
    yield Log(name, sender)
    await sender.stop()


@pytest.fixture
def settings(kafka: str, postgres_url: str) -> AggregatorSettings:
    """Return the settings of an aggregator on this test's database."""
    return AggregatorSettings(
        kafka=kafka,
        database=SecretStr(postgres_url),
        http_port=0,
        instance=uuid.uuid4().hex[:8],
    )


@asynccontextmanager
async def reading(settings: AggregatorSettings, log: Log) -> AsyncIterator[Aggregator]:
    """Let an aggregator read the log for the length of the block."""
    aggregator = build(settings, log.name, group=log.name)
    await aggregator.database.open()
    task = asyncio.create_task(aggregator.reader.run())
    try:
        yield aggregator
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await aggregator.database.close()


async def all_read(aggregator: Aggregator, records: int) -> None:
    """Wait until that many records have been applied."""

    async def look() -> bool:
        try:
            positions = await aggregator.reader.inbox.positions()
            return sum(positions.values()) == records
        except (KafkaError, asyncpg.PostgresError) as problem:
            raise AssertionError(problem) from problem

    await eventually(look, seconds=60)


async def rows(database: Database, query: str) -> Sequence[Mapping[str, object]]:
    """Return what a query finds."""
    async with database.connection() as connection:
        return [dict(row) for row in await connection.fetch(query)]


async def somebody_waits(database: Database) -> bool:
    """Tell whether a transaction waits for a lock."""
    return bool(await rows(database, "SELECT 1 FROM pg_locks WHERE NOT granted"))


@pytest.mark.usefixtures("database")
async def test_a_log_made_again_is_not_counted_before_somebody_has_decided(
    settings: AggregatorSettings, log: Log, kafka: str
) -> None:
    """Longer than what was counted, it would be swapped in without the reports of the old one."""
    async with reading(settings, log) as aggregator:
        await log.append([accepted({"work_days": 1}, revision=it) for it in (1, 2)])
        await all_read(aggregator, 2)
    await make_again(kafka, TopicSpec(log.name, PARTITIONS))
    await log.append([accepted({"work_days": 2}, revision=it) for it in range(3, 8)])

    with pytest.raises(LogUndecided, match="qcdc positions show"):
        await rebuild(settings, verify=False)


async def test_rebuilt_ledger_is_the_same_and_takes_its_place(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """Byte for byte, whatever order and batches the live reader saw; then life goes on."""
    history = mixed_history()
    await log.append(history)
    async with reading(settings, log) as aggregator:
        await all_read(aggregator, len(history))
        before = await rows(database, "SELECT * FROM report ORDER BY 1, 2, 3, 4")
        table = await rows(database, "SELECT 'report'::regclass::oid::int AS oid")
        for query in KEPT_APART:
            await rows(database, query)

        outcome = await rebuild(settings, verify=True)

        more = mixed_history(seed=8)
        await log.append(more)
        await all_read(aggregator, len(history) + len(more))
    assert (outcome.differences, outcome.swapped, outcome.exit_code) == (0, True, 0)
    assert outcome.records == len(history)
    assert await rows(database, "SELECT 'report'::regclass::oid::int AS oid") != table
    assert before
    assert await kept_totals(database) == await recomputed_totals(database)
    kept = "SELECT checksum, signed, event, owing FROM snapshot, restatement, announced_total"
    assert await rows(database, kept) == [
        {"checksum": "sum", "signed": "{}", "event": "event", "owing": "who"}
    ]
    schemas = await rows(database, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^qcdc'")
    assert schemas == [{"nspname": "qcdc"}]


async def test_wrong_total_is_found_and_can_be_mended(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """With --verify the live tables stay for inspection; without, the log is right."""
    history = mixed_history(slots=20)
    await log.append(history)
    async with reading(settings, log) as aggregator:
        await all_read(aggregator, len(history))
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE total SET sums[1] = sums[1] + 1 WHERE ctid = (SELECT min(ctid) FROM total)"
        )
        await connection.execute("DELETE FROM dirty_total")
        await connection.execute(
            "INSERT INTO outbox (topic, headers, body) VALUES ('t', '{}', 'unsent')"
        )

    verified = await rebuild(settings, verify=True)
    wrong = await kept_totals(database)
    mended = await rebuild(settings, verify=False)

    assert (verified.differences, verified.swapped, verified.exit_code) == (2, False, 1)
    assert {it.split()[0] for it in verified.examples} == {"total"}
    assert mended.swapped
    again = await recomputed_totals(database)
    assert await kept_totals(database) == again != wrong
    announced = await rows(database, "SELECT version FROM dirty_total")
    assert announced == [{"version": 1}]
    assert await rows(database, "SELECT id, body FROM outbox") == [{"id": 1, "body": b"unsent"}]


async def test_log_that_has_lost_records_is_no_basis(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """A ledger that counted more than the log holds is never replaced by less."""
    await log.append(mixed_history(slots=5))
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO position (stream, topic, partition, next_offset)"
            " VALUES ('aggregator', $1, 0, 1000000)",
            log.name,
        )

    with pytest.raises(LogUndecided):
        await rebuild(settings, verify=False)


async def test_log_that_was_cut_is_a_basis_once_it_was_republished(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """The first records are gone; only the comparison can show that the rest makes up for them."""
    history = mixed_history(slots=5)
    await log.append(history)
    async with reading(settings, log) as aggregator:
        await all_read(aggregator, len(history))
        before = await rows(database, "SELECT * FROM report ORDER BY 1, 2, 3, 4")
        await log.cut(settings.kafka)
        cut = await rebuild(settings, verify=True)
        await log.append(history)
        await all_read(aggregator, 2 * len(history))
    with pytest.raises(LogTooShort):
        await rebuild(settings, verify=False)

    mended = await rebuild(settings, verify=True)

    assert cut.differences
    assert not cut.swapped
    assert (mended.differences, mended.swapped, mended.records) == (0, True, len(history))
    assert await rows(database, "SELECT * FROM report ORDER BY 1, 2, 3, 4") == before


async def test_poison_in_a_row_does_not_stop_a_rebuild(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """The live reader is past it, so an operator has looked at it; its neighbours count again."""
    poison = [accepted({"work_days": f"{n}.5"}, revision=n) for n in range(1, 61)]
    await log.append([*poison, accepted({"work_days": 1}, revision=61)])
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO position (stream, topic, partition, next_offset)"
            " VALUES ('aggregator', $1, 1, 61)",
            log.name,
        )

    outcome = await rebuild(settings, verify=False)

    assert (outcome.records, outcome.reports, outcome.swapped) == (61, 1, True)
    assert await rows(database, "SELECT * FROM outbox") == []  # the world has heard of it once
    assert await rows(database, "SELECT province FROM dirty_total") == [{"province": "37.1"}]


async def test_rebuild_waits_for_a_reader_in_the_middle(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """An answer of several queries is of one ledger: its snapshot is older than the new tables."""
    history = mixed_history(slots=20)
    await log.append(history)
    async with reading(settings, log) as aggregator:
        await all_read(aggregator, len(history))

    async with read_snapshot(database) as connection:
        first = await connection.fetch("SELECT count(*) FROM total")
        rebuilding = asyncio.create_task(rebuild(settings, verify=True))
        await eventually(partial(somebody_waits, database), seconds=30)
        second = await connection.fetch("SELECT count(*) FROM  total")  # not the same plan

    assert (await rebuilding).swapped
    assert second == first


async def test_tables_that_a_newer_release_migrates_meanwhile_stay(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """Those of this release in their place would lack what the migration had changed."""
    history = mixed_history(slots=20)
    await log.append(history)
    async with reading(settings, log) as aggregator:
        await all_read(aggregator, len(history))

    async with database.connection() as connection, connection.transaction():
        await connection.execute("LOCK position IN ROW EXCLUSIVE MODE")
        rebuilding = asyncio.create_task(rebuild(settings, verify=False))
        await eventually(partial(somebody_waits, database), seconds=30)
        await connection.execute("INSERT INTO migration (name, checksum) VALUES ('9999_next', '')")

    with pytest.raises(Misconfigured, match="newer than this release"):
        await rebuilding
    assert await rows(database, "SELECT name FROM migration WHERE name = '9999_next'")


async def test_rebuild_under_traffic(
    database: Database, settings: AggregatorSettings, log: Log
) -> None:
    """Rebuilt three times while reports arrive and readers read: nothing lost, nothing twice."""
    sent: list[Event] = []
    seen: list[int] = []
    rebuilt = asyncio.Event()

    async def send(aggregator: Aggregator) -> None:
        for seed in itertools.count():
            sent.extend(batch := mixed_history(seed, slots=40))
            await log.append(batch)
            await all_read(aggregator, len(sent))
            if rebuilt.is_set():
                return

    async def look() -> None:
        while not rebuilt.is_set():
            async with read_snapshot(database) as connection:
                seen.append(await connection.fetchval("SELECT count(*) FROM report"))

    async with reading(settings, log) as aggregator, asyncio.TaskGroup() as group:
        group.create_task(send(aggregator))
        group.create_task(look())
        await eventually(lambda: some_read(aggregator), seconds=60)
        outcomes = [await rebuild(settings, verify=True) for _ in range(3)]
        rebuilt.set()

    assert [(it.differences, it.swapped) for it in outcomes] == [(0, True)] * 3
    assert 0 < outcomes[0].records < outcomes[1].records < outcomes[2].records < len(sent)
    kept = await kept_totals(database)
    assert kept == await recomputed_totals(database)
    slots = "SELECT count(*) FROM report WHERE superseded_at IS NULL"
    assert await rows(database, slots) == [{"count": len({slot(it) for it in sent})}]
    assert seen == sorted(seen)  # no reader ever sees less than before


async def some_read(aggregator: Aggregator) -> bool:
    """Tell whether anything has been applied."""
    return bool(await aggregator.reader.inbox.positions())


def slot(event: Event) -> tuple[str, str, str]:
    """Name the slot of an event."""
    assert isinstance(event, ReportAccepted | ReportWithdrawn)
    return event.unit, event.form, event.period
