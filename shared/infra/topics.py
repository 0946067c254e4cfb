"""
The topics: created by ``qcdc topics apply``, checked at every start, never made by accident.

Partitions, retention and clean-up as DESIGN §4. Submission topics stamp LogAppendTime, since a
producer's clock may lie and lateness is judged by our receipt time.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from shared.infra.errors import Misconfigured

REPORTS = "qcdc.reports.v1"
DIRECTORY = "qcdc.directory.v1"
TOTALS = "qcdc.totals.v1"
DUTIES = "qcdc.duties.v1"
WATERMARKS = "qcdc.watermarks.v1"
DEAD_LETTERS = "qcdc.dead-letters.v1"
SUBMISSIONS_PATTERN = r"qcdc.submissions.{source}.v1"
_SUBMISSIONS = re.compile(r"^qcdc\.submissions\.([a-z0-9][a-z0-9-]*)\.v1$")
_DAY_MS = 86_400_000
_FOR_EVER = {"retention.ms": "-1", "cleanup.policy": "delete"}
_COMPACTED = {"cleanup.policy": "compact"}
# What a cut-short publication has overwritten stays readable for a month.
_COMPACTED_LATE = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(30 * _DAY_MS)}


def _days(days: int) -> dict[str, str]:
    return {"retention.ms": str(days * _DAY_MS), "cleanup.policy": "delete"}


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """What a topic must look like."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


COMMON = (
    TopicSpec(REPORTS, 12, _FOR_EVER),
    TopicSpec(DIRECTORY, 1, _COMPACTED_LATE),
    TopicSpec(TOTALS, 12, _COMPACTED),
    TopicSpec(DUTIES, 12, _days(730)),
    TopicSpec(WATERMARKS, 1, _COMPACTED),
    TopicSpec(DEAD_LETTERS, 1, _days(90)),
)


def submissions_topic(source: str) -> str:
    """Name the topic to which one upstream principal may write."""
    return f"qcdc.submissions.{source}.v1"


def receipts_topic(source: str) -> str:
    """Name the topic on which that upstream reads its verdicts."""
    return f"qcdc.receipts.{source}.v1"


def source_of(topic: str) -> str | None:
    """Read the source out of the name of a submissions topic."""
    match = _SUBMISSIONS.match(topic)
    return match.group(1) if match else None


def specs(sources: Iterable[str]) -> list[TopicSpec]:
    """List every topic that a deployment with these sources needs."""
    return [*COMMON, *per_source(sources)]


def per_source(sources: Iterable[str]) -> list[TopicSpec]:
    """List the two topics of each source."""
    appended = {**_days(30), "message.timestamp.type": "LogAppendTime"}
    return [
        spec
        for source in sorted(sources)
        for spec in (
            TopicSpec(submissions_topic(source), 6, appended),
            TopicSpec(receipts_topic(source), 3, _days(30)),
        )
    ]


async def apply(
    bootstrap: str, wanted: Iterable[TopicSpec], *, replication: int = 1, dry_run: bool = False
) -> list[str]:
    """
    Create the topics that are missing, with *replication* copies; return their names.

    Raises:
        KafkaError: what the broker answered when it would not create one.

    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [it for it in wanted if it.name not in existing]
        if missing and not dry_run:
            answer = await admin.create_topics(
                [
                    NewTopic(it.name, it.partitions, replication, topic_configs=dict(it.config))
                    for it in missing
                ]
            )
            for name, code, message in answer.topic_errors:
                if code not in (0, 36):  # 36: another migrator created it meanwhile
                    raise for_code(code)(f"{name}: {message}")
        return [it.name for it in missing]
    finally:
        await admin.close()


async def check(bootstrap: str, wanted: Iterable[TopicSpec]) -> None:
    """
    Refuse to run on a topic that is missing or not as it must be.

    Raises:
        Misconfigured: names the topic and the command that mends it.
        KafkaError: when the broker cannot be asked.

    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        sources = {source for name in existing if (source := source_of(name))}
        needed = {it.name: it for it in [*wanted, *per_source(sources)]}
        for name in needed.keys() - existing:
            raise Misconfigured(f"topic {name} is missing; run: {_command(name)}")
        described = await admin.describe_topics(list(needed))
        configs = await admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name) for name in needed]
        )
    finally:
        await admin.close()
    for topic in described:
        _compare(needed[topic["topic"]], "partitions", len(topic["partitions"]))
    for answer in configs:
        for _, _, _, name, entries in answer.resources:
            found = {entry[0]: entry[1] for entry in entries}
            for option in needed[name].config:
                _compare(needed[name], option, found.get(option))


def _compare(spec: TopicSpec, option: str, found: object) -> None:
    wanted = spec.partitions if option == "partitions" else spec.config[option]
    if found != wanted:
        raise Misconfigured(
            f"topic {spec.name}: {option} is {found} instead of {wanted};"
            f" mend or delete it, then run: {_command(spec.name)}"
        )


def _command(topic: str) -> str:
    parts = topic.split(".")
    per_source = parts[1] in ("submissions", "receipts")
    return f"qcdc topics apply --source {parts[2]}" if per_source else "qcdc topics apply"
