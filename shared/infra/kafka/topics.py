"""Topics as the broker has them: created on request, checked at every start, never by accident."""

from collections.abc import Callable, Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from shared.contracts.topics import TopicSpec
from shared.infra.errors import Misconfigured

ALREADY_EXISTS = 36
"""The error code of Kafka's protocol: another process has created the topic meanwhile."""


def _nothing_more(_: Iterable[str]) -> Iterable[TopicSpec]:
    return ()


async def create_missing_topics(
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
                if code not in (0, ALREADY_EXISTS):
                    raise for_code(code)(f"{name}: {message}")
        return [it.name for it in missing]
    finally:
        await admin.close()


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
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        needed = {it.name: it for it in (*wanted, *also(existing))}
        for name in needed.keys() - existing:
            raise Misconfigured(f"topic {name} is missing; run: {needed[name].command}")
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
            f" mend or delete it, then run: {spec.command}"
        )
