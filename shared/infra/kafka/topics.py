"""
Topics as the broker has them: created and mended on request, checked, never made by accident.

What a service itself needs must fit before it starts. What belongs to one source is watched, and
complained of: one sender's topic must not stop the others.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from shared.contracts.topics import TopicSpec
from shared.infra.errors import Misconfigured

ALREADY_EXISTS = 36
"""The error code of Kafka's protocol: another process has created the topic meanwhile."""

_AT_LEAST = frozenset({"retention.ms", "min.compaction.lag.ms"})
"""Who keeps records for longer than wanted loses nothing."""

_SET_ON_TOPIC = 1
"""The source of an option, in Kafka's protocol: somebody has set it on this topic."""


def _nothing_more(_: Iterable[str]) -> Iterable[TopicSpec]:
    return ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A topic on the broker: every option in force, and those that were set on it."""

    partitions: int
    config: Mapping[str, str]
    own_config: Mapping[str, str]


async def existing_topics(bootstrap: str) -> list[str]:
    """Return the names of all topics that the broker has."""
    async with _admin(bootstrap) as admin:
        return sorted(await admin.list_topics())


async def create_missing_topics(
    bootstrap: str, wanted: Iterable[TopicSpec], *, replication: int = 1, dry_run: bool = False
) -> list[str]:
    """
    Create the topics that are missing, with *replication* copies; return their names.

    Raises:
        KafkaError: what the broker answered when it would not create one.

    """
    async with _admin(bootstrap) as admin:
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
                if code not in (0, ALREADY_EXISTS):
                    raise for_code(code)(f"{name}: {message}")
        return [it.name for it in missing]


async def mend_topics(
    bootstrap: str, wanted: Iterable[TopicSpec], *, dry_run: bool = False
) -> list[str]:
    """
    Set the options of existing topics that do not fit; return what was set, topic by topic.

    Options that nobody asked for stay as they are, and so does the number of partitions.

    Raises:
        KafkaError: what the broker answered when it would not change one.

    """
    async with _admin(bootstrap) as admin:
        mended, resources = [], []
        for spec, found in await _find(admin, list(wanted)):
            if found is None or not (options := _unfit_options(spec, found)):
                continue
            mended += [f"{spec.name} {name}={spec.config[name]}" for name in options]
            # The request states all options of a topic; the others go back to their defaults.
            config = {**found.own_config, **{name: spec.config[name] for name in options}}
            resources.append(ConfigResource(ConfigResourceType.TOPIC, spec.name, configs=config))
        if resources and not dry_run:
            for answer in await admin.alter_configs(resources):
                for code, message, _, name in answer.resources:
                    if code:
                        raise for_code(code)(f"{name}: {message}")
        return mended


async def check_topics(
    bootstrap: str,
    wanted: Iterable[TopicSpec],
    also: Callable[[Iterable[str]], Iterable[TopicSpec]] = _nothing_more,
) -> None:
    """
    Refuse to run on a topic that is missing or not as it must be.

    *also* returns what is wanted besides, given the names of the topics that exist.

    Raises:
        Misconfigured: names the topic and the command that mends it.
        KafkaError: when the broker cannot be asked.

    """
    for fault in (await topic_faults(bootstrap, wanted, also)).values():
        raise Misconfigured(fault)


async def topic_faults(
    bootstrap: str,
    wanted: Iterable[TopicSpec],
    also: Callable[[Iterable[str]], Iterable[TopicSpec]] = _nothing_more,
) -> Mapping[str, str]:
    """Return what ``check_topics`` would refuse, by topic, with the command that mends it."""
    async with _admin(bootstrap) as admin:
        specs = [*wanted, *also(await admin.list_topics())]
        found = await _find(admin, specs)
    return {spec.name: fault for spec, it in found if (fault := _fault(spec, it))}


def _fault(spec: TopicSpec, found: _Found | None) -> str:
    if found is None:
        return f"topic {spec.name} is missing; run: {spec.command}"
    if spec.fixed_partitions and found.partitions != spec.partitions:
        return (
            f"topic {spec.name}: partitions is {found.partitions} instead of {spec.partitions};"
            f" delete it, then run: {spec.command}"
        )
    for name in _unfit_options(spec, found):
        return (
            f"topic {spec.name}: {name} is {found.config.get(name)} instead of {spec.config[name]};"
            f" run: {spec.command}"
        )
    return ""


def _unfit_options(spec: TopicSpec, found: _Found) -> list[str]:
    return [it for it in spec.config if not _fits(it, spec.config[it], found.config.get(it))]


def _fits(option: str, wanted: str, found: str | None) -> bool:
    if option not in _AT_LEAST or found is None:
        return found == wanted
    return _duration(found) >= _duration(wanted)


def _duration(milliseconds: str) -> float:
    return float("inf") if milliseconds == "-1" else int(milliseconds)


async def _find(
    admin: AIOKafkaAdminClient, specs: Iterable[TopicSpec]
) -> list[tuple[TopicSpec, _Found | None]]:
    wanted = {it.name: it for it in specs}
    existing = sorted(wanted.keys() & set(await admin.list_topics()))
    if not existing:
        return [(it, None) for it in wanted.values()]
    partitions = {
        it["topic"]: len(it["partitions"]) for it in await admin.describe_topics(existing)
    }
    configs = {
        name: entries
        for answer in await admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, it) for it in existing]
        )
        for _, _, _, name, entries in answer.resources
    }
    found = {
        name: _Found(
            partitions[name],
            {it[0]: it[1] for it in configs[name]},
            {it[0]: it[1] for it in configs[name] if it[3] == _SET_ON_TOPIC},
        )
        for name in existing
    }
    return [(it, found.get(it.name)) for it in wanted.values()]


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
