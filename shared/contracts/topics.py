"""
The topics: their names, partitions and retention, and the command that creates each.

Submission topics stamp LogAppendTime: a producer's clock may be wrong, and lateness is judged by
the time of receipt.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

REPORTS = "qcdc.reports.v1"
DIRECTORY = "qcdc.directory.v1"
TOTALS = "qcdc.totals.v1"
DUTIES = "qcdc.duties.v1"
WATERMARKS = "qcdc.watermarks.v1"
DEAD_LETTERS = "qcdc.dead-letters.v1"
SUBMISSIONS_PATTERN = r"^qcdc\.submissions\.([a-z0-9][a-z0-9-]{0,39})\.v1$"
_SUBMISSIONS = re.compile(SUBMISSIONS_PATTERN)
_DAY_MS = 86_400_000
_FOR_EVER = {"retention.ms": "-1", "cleanup.policy": "delete"}
_COMPACTED = {"cleanup.policy": "compact"}
# What a cut-short publication has overwritten stays readable for a month.
_COMPACTED_LATE = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(30 * _DAY_MS)}


def _days(days: int) -> dict[str, str]:
    return {"retention.ms": str(days * _DAY_MS), "cleanup.policy": "delete"}


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """
    What a topic must look like; ``command`` is what an operator runs to create and mend it.

    With ``fixed_partitions`` there must be exactly so many: we choose the partition, or rely on
    there being one. Elsewhere the number is what a topic is created with.
    """

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)
    command: str = "qcdc topics apply"
    fixed_partitions: bool = False


COMMON = (
    TopicSpec(REPORTS, 12, _FOR_EVER, fixed_partitions=True),
    TopicSpec(DIRECTORY, 1, _COMPACTED_LATE, fixed_partitions=True),
    TopicSpec(TOTALS, 12, _COMPACTED, fixed_partitions=True),
    TopicSpec(DUTIES, 12, _days(730), fixed_partitions=True),
    TopicSpec(WATERMARKS, 1, _COMPACTED, fixed_partitions=True),
    TopicSpec(DEAD_LETTERS, 1, _days(90)),
)
PARTITIONS = {it.name: it.partitions for it in COMMON}


def common(*names: str) -> list[TopicSpec]:
    """List those of the common topics that a service reads or writes."""
    return [it for it in COMMON if it.name in names]


def submissions_topic(source: str) -> str:
    """Name the topic to which one upstream principal may write."""
    return f"qcdc.submissions.{source}.v1"


def receipts_topic(source: str) -> str:
    """Name the topic on which that upstream reads its verdicts."""
    return f"qcdc.receipts.{source}.v1"


def source_of(topic: str) -> str | None:
    """Read the source out of the name of a submissions topic."""
    match = _SUBMISSIONS.fullmatch(topic)
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
        for command in (f"qcdc topics apply --source {source}",)
        for spec in (
            TopicSpec(submissions_topic(source), 6, appended, command),
            TopicSpec(receipts_topic(source), 3, _days(30), command),
        )
    ]


def of_known_sources(existing: Iterable[str]) -> list[TopicSpec]:
    """List both topics of each source whose submissions topic is among the *existing* names."""
    return per_source({source for name in existing if (source := source_of(name))})
