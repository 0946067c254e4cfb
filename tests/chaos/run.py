"""
One chaos run: a deployment under load, a nemesis, a quiet end, and the verdict of the oracle.

The oracle knows only what was asked for, what anybody could read over HTTP, the mails, and the
rows of the three databases; it shares no code with the services.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import REPORTS, submissions_topic
from shared.directory.loading import load_reference_data
from tests.chaos.chase import Chase, now
from tests.chaos.nemesis import repeat_reports
from tests.chaos.scale import Scale
from tests.chaos.senders import Senders
from tests.chaos.workload import FORM, UNITS_PER_PROVINCE, Slot, Workload, anomalies_in_total
from tests.eventually import eventually
from tools.deployment.deployment import Deployment

PERIODS = [f"nd09.2026-M{month:02}" for month in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
READS_PER_SECOND = 20
SHOWN_MAX = 3
POSITIONS = "SELECT topic, partition, next_offset FROM position WHERE stream = $1"


@dataclass(frozen=True)
class Load:
    """How much is sent and how, and how long everything may take to be applied in the end."""

    per_second: float = 200
    codec: str | None = None
    """In which the records over Kafka are compressed."""
    repeated_share: float = 0.1
    """Of the accepted reports, published once more as by a relay that died."""
    poison_share: float = 0.003
    """Of the requests, unreadable: so few that no partition's breaker opens."""
    quiet_seconds: float = 90


@dataclass
class Verdict:
    """What the run showed."""

    anomalies: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    """What is known of the first anomalies."""


def small_workload(scale: Scale, seed: int) -> Workload:
    """Ten communes of each of today's provinces, nine periods: more slots than can wait at once."""
    directory = load_reference_data(scale.directory_files).directory
    provinces = {
        province: [it.key for it in directory.below(province) if it.level == "commune"][
            :UNITS_PER_PROVINCE
        ]
        for province in directory.provinces()
        if province.endswith(".2")
    }
    return Workload(provinces, PERIODS, seed)


async def run_chaos(
    deployment: Deployment,
    workload: Workload,
    nemesis: Callable[[], Awaitable[None]],
    *,
    chase: Chase | None = None,
    load: Load = Load(),
) -> Verdict:
    """
    Load the deployment until *nemesis* and *chase* have finished, let it become quiet, and judge.

    The deployment's services must have been started.
    """
    verdict = Verdict()
    source = deployment.plan.sources[0]
    async with Senders.connect(
        deployment.kafka, deployment.url("intake"), deployment.keys[source], source, load.codec
    ) as senders:
        sending = asyncio.create_task(senders.run(workload, load.per_second, load.poison_share))
        reader = asyncio.create_task(_read_on(deployment, workload, verdict))
        echo = asyncio.create_task(repeat_reports(deployment, load.repeated_share, workload.seed))
        begun = time.monotonic()
        try:
            await asyncio.gather(nemesis(), _report_in_time(chase, senders))
            senders.finish()
            verdict.counts["seconds of load"] = round(time.monotonic() - begun)
            await asyncio.wait_for(sending, load.quiet_seconds)
        finally:
            for task in (reader, sending, echo):
                task.cancel()
            await asyncio.gather(reader, sending, echo, return_exceptions=True)
    verdict.counts.update(requests=senders.sent.requests, poison=senders.sent.poison)
    verdict.counts["a second"] = verdict.counts["requests"] // verdict.counts["seconds of load"]
    verdict.anomalies += senders.sent.unexpected
    await judge(deployment, workload, verdict, load.quiet_seconds)
    return verdict


async def _report_in_time(chase: Chase | None, senders: Senders) -> None:
    for at, task in chase.tasks if chase else ():
        await asyncio.sleep(max(0, (at - now()).total_seconds()))
        senders.send(task)


async def judge(
    deployment: Deployment, workload: Workload, verdict: Verdict, quiet_seconds: float
) -> None:
    """Wait until everything was applied, then read every total and look into every table."""
    try:
        await eventually(
            partial(everything_is_applied, deployment), seconds=quiet_seconds, every=0.5
        )
    except AssertionError as problem:
        verdict.anomalies.append(f"not applied: {problem}")
    async with httpx.AsyncClient(timeout=20) as client:
        for (province, period), slots in workload.slots.items():
            verdict.anomalies += await _final_total(client, deployment, province, period, slots)
    verdict.anomalies += await anomalies_in_intake(deployment.databases["intake"], workload)
    verdict.anomalies += await anomalies_in_ledger(deployment.databases["aggregator"])
    journal = deployment.databases["intake"]
    for anomaly in [it for it in verdict.anomalies if "must show" in it][:SHOWN_MAX]:
        verdict.details += await journal_of(journal, anomaly)
        verdict.details += [f"  asked for: {it}" for it in workload.wishes_of(anomaly)]


async def journal_of(url: str, anomaly: str) -> list[str]:
    """Return what the journal holds of the slot that an anomaly names, to see what happened."""
    unit, _, period = anomaly.partition(":")[0].partition("/")
    rows = await _fetch(
        url,
        "SELECT received_at, event_id, kind, verdict, revision FROM journal"
        " WHERE unit = $1 AND period = $2 ORDER BY received_at, revision",
        unit,
        period,
    )
    return [f"  {unit}/{period}: {dict(row)}" for row in rows]


async def everything_is_applied(deployment: Deployment) -> bool:
    """Tell whether intake and aggregator have read what was sent and nothing waits to leave."""
    submissions = [submissions_topic(deployment.plan.sources[0])]
    read = await all_read(deployment.databases["intake"], "intake", deployment.kafka, submissions)
    waiting = await _fetch(deployment.databases["intake"], "SELECT id FROM outbox LIMIT 1")
    counted = await all_read(
        deployment.databases["aggregator"], "aggregator", deployment.kafka, [REPORTS]
    )
    return read and not waiting and counted


async def all_read(url: str, stream: str, kafka: str, topics: Sequence[str]) -> bool:
    ends = await _ends(kafka, topics)
    rows = await _fetch(url, POSITIONS, stream)
    positions = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    return all(positions.get((it.topic, it.partition), 0) >= end for it, end in ends.items())


async def _ends(kafka: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
    """Return where each partition ends; a consumer that subscribes to nothing knows of none."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        described = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    partitions = [
        TopicPartition(topic["topic"], it["partition"])
        for topic in described
        for it in topic["partitions"]
    ]
    assert {it.topic for it in partitions} == set(topics), "a topic without partitions"
    async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
    return ends


async def anomalies_in_intake(url: str, workload: Workload) -> list[str]:
    """Check the journal: every event once, one verdict each, revisions without holes or doubles."""
    rows = await _fetch(
        url, "SELECT source, event_id, verdict, revision, unit, form, period FROM journal"
    )
    copies = Counter((row["source"], row["event_id"]) for row in rows)
    acknowledged = {
        wish.event_id
        for slots in workload.slots.values()
        for slot in slots
        for wish in slot.wishes
        if wish.version
    }
    found = [
        f"{event_id} stands {n} times in the journal"
        for (_, event_id), n in copies.items()
        if n > 1 and event_id in acknowledged
    ]
    known = {row["event_id"] for row in rows}
    missing = acknowledged - known
    return found + [f"{it} was acknowledged and is not in the journal" for it in missing]


async def anomalies_in_ledger(url: str) -> list[str]:
    """Check the ledger: one row counts per slot, no revision is missing, totals are sums."""
    found = []
    for row in await _fetch(
        url,
        "SELECT unit, form, period, count(*) FILTER (WHERE superseded_at IS NULL) AS current,"
        " count(*) AS n, max(revision) AS newest FROM report GROUP BY 1, 2, 3",
    ):
        slot = f"{row['unit']}/{row['form']}/{row['period']}"
        if row["current"] != 1:
            found.append(f"{slot}: {row['current']} revisions count")
        if row["n"] != row["newest"]:
            found.append(f"{slot}: {row['n']} revisions are kept, the newest is {row['newest']}")
    found += [
        f"{row['area']}/{row['period']}: total says {row['reports']} reports, there are {row['n']}"
        for row in await _fetch(
            url,
            "SELECT t.area, t.period, t.form, t.unit_type, t.reports, count(r.unit) AS n"
            " FROM total t LEFT JOIN report r ON r.form = t.form AND r.period = t.period"
            " AND t.area = ANY(r.areas) AND r.unit_type = t.unit_type"
            " AND r.superseded_at IS NULL AND r.figures IS NOT NULL"
            " GROUP BY 1, 2, 3, 4, 5 HAVING t.reports <> count(r.unit)",
        )
    ]
    return found


async def _read_on(deployment: Deployment, workload: Workload, verdict: Verdict) -> None:
    """Read totals all the time; every one of them must explain itself."""
    rng = random.Random(1)
    places = list(workload.slots)
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            place = rng.choice(places)
            try:
                figures = await _figures(client, deployment, *place)
            except (httpx.HTTPError, AssertionError):
                verdict.counts["reads refused"] += 1
            else:
                verdict.counts["reads"] += 1
                verdict.anomalies += anomalies_in_total(
                    workload.slots[place],
                    figures.get("work_days"),
                    figures.get("contributions_vnd"),
                    final=False,
                )
            await asyncio.sleep(1 / READS_PER_SECOND)


async def _final_total(
    client: httpx.AsyncClient, deployment: Deployment, province: str, period: str, slots: list[Slot]
) -> list[str]:
    try:
        figures = await _figures(client, deployment, province, period)
    except httpx.HTTPError as problem:
        return [f"{province}/{period}: {problem!r}"]
    return list(
        anomalies_in_total(
            slots, figures.get("work_days"), figures.get("contributions_vnd"), final=True
        )
    )


async def _figures(
    client: httpx.AsyncClient, deployment: Deployment, province: str, period: str
) -> Mapping[str, int | None]:
    answer = await client.get(
        f"{deployment.url('aggregator')}/v1/totals",
        params={"unit": province, "period": period, "form": FORM},
    )
    assert answer.status_code == 200, answer.text
    return {it["indicator"]: it["value"] for it in answer.json()["figures"] if not it["split"]}


async def _fetch(url: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url, server_settings={"search_path": "qcdc"})
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()
