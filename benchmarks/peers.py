"""What we compare ourselves with: the same log, the same broker, the same database."""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.contracts.topics import REPORTS
from shared.reference.catalogue import FormVersion
from tools.stack.servers import PostgresServer

SCHEMA = """
CREATE TABLE report (unit text, form text, period text, revision integer NOT NULL,
    province text NOT NULL, unit_type text NOT NULL, figures bigint[],
    PRIMARY KEY (unit, form, period));
CREATE TABLE total (form text, period text, province text, unit_type text,
    sums bigint[] NOT NULL, reports integer NOT NULL,
    PRIMARY KEY (form, period, province, unit_type));
CREATE FUNCTION plus(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY i)
    FROM unnest(a, b) WITH ORDINALITY AS t (x, y, i) $$;
"""
OLD = """
SELECT revision, figures FROM report WHERE unit = $1 AND form = $2 AND period = $3 FOR UPDATE
"""
KEEP = """
INSERT INTO report VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (unit, form, period)
DO UPDATE SET revision = excluded.revision, figures = excluded.figures
"""
ADD = """
INSERT INTO total AS t VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (form, period, province, unit_type)
DO UPDATE SET sums = plus(t.sums, excluded.sums), reports = t.reports + excluded.reports
"""


async def bare_read(bootstrap: str, count: int) -> float:
    """Read *count* records with aiokafka and do nothing with them; return records/s."""
    async with AIOKafkaConsumer(
        REPORTS, bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_poll_records=1000
    ) as consumer:
        seen, begun = 0, time.perf_counter()
        while seen < count:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=1000)).values()))
        return seen / (time.perf_counter() - begun)


async def per_message(
    bootstrap: str, postgres: PostgresServer, forms: Sequence[FormVersion], count: int
) -> float:
    """
    Run the handler that FastStream's tutorial leads to: one message, one transaction, one ack.

    Returns records/s over the first *count* messages.
    """
    cells = {form.code: tuple(it.key for it in form.cells) for form in forms}
    url = postgres.database(f"peer_{uuid.uuid4().hex[:8]}")
    pool = await asyncpg.create_pool(url, min_size=2, max_size=2, server_settings={"jit": "off"})
    await pool.execute(SCHEMA)
    broker = KafkaBroker(bootstrap, logger=None, allow_auto_create_topics=False)
    done, seen = asyncio.Event(), 0
    begun = 0.0

    @broker.subscriber(
        REPORTS,
        group_id=f"peer-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def on_report(report: ReportAccepted | ReportWithdrawn) -> None:
        nonlocal seen, begun
        begun = begun or time.perf_counter()
        async with pool.acquire() as connection, connection.transaction():
            await _count(connection, report, cells[report.form])
        seen += 1
        if seen == count:
            done.set()

    async with broker:
        await broker.start()
        await done.wait()
        rate = (count - 1) / (time.perf_counter() - begun)
    await pool.close()
    return rate


async def _count(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    report: ReportAccepted | ReportWithdrawn,
    cells: Sequence[str],
) -> None:
    slot = (report.unit, report.form, report.period)
    old = await connection.fetchrow(OLD, *slot)
    if old and old["revision"] >= report.revision:
        return
    after = _units(report.figures, cells) if isinstance(report, ReportAccepted) else None
    before = old["figures"] if old else None
    await connection.execute(KEEP, *slot, report.revision, report.province, report.unit_type, after)
    nothing = [0] * len(cells)
    await connection.execute(
        ADD,
        report.form,
        report.period,
        report.province,
        report.unit_type,
        [new - gone for new, gone in zip(after or nothing, before or nothing, strict=True)],
        (after is not None) - (before is not None),
    )


def _units(figures: Mapping[str, int | str | None], cells: Sequence[str]) -> list[int]:
    found = map(figures.get, cells)
    return [int(float(it) * 100) if isinstance(it, str) else it or 0 for it in found]
