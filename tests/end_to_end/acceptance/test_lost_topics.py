"""Topics that are lost while the line works come back by the operators' verbs."""

from functools import partial

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import SecretStr

from shared.contracts import topics
from shared.contracts.topics import DIRECTORY, receipts_topic
from shared.directory.publisher import read_published
from shared.infra.kafka.topics import create_missing_topics, existing_topics
from tests.end_to_end.acceptance.country import SOURCE, Country, until
from tests.end_to_end.acceptance.place import LAST_YEAR, RESTORED
from tests.end_to_end.acceptance.writing import models
from tools.qcdc import republishing
from tools.qcdc.directory_copies import republish_directory
from tools.qcdc.settings import SERVICES, OperatorSettings
from tools.stack.waiting import blocking

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

DECISION = """\
decisions:
  - decision: "Nghị quyết mẫu"
    effective_on: 2030-01-01
    rename: [{{unit: "{unit}", name: "Xã Mới"}}]
"""


def test_the_directory_comes_back_with_its_number(country: Country) -> None:
    """Every service follows the next revision: for them the lost one has never gone."""
    kafka = country.deployment.kafka
    lost = blocking(read_published(kafka)).replica
    make_again(kafka, DIRECTORY)

    looked = blocking(republish_directory(settings(country), dry_run=True))
    done = blocking(republish_directory(settings(country), dry_run=False))
    again = blocking(republish_directory(settings(country), dry_run=False))
    country.apply(decisions=DECISION.format(unit=RESTORED[0]))
    now = blocking(read_published(kafka)).replica

    assert lost.in_force is not None
    assert (looked.on_topic, looked.records) == (0, None)
    assert (done.revision, done.records) == (lost.in_force.revision, len(lost.entities) + 1)
    assert again.records == 0
    assert now.in_force is not None
    assert now.in_force.base == lost.in_force.revision
    databases, number = country.deployment.databases, now.in_force.revision
    for service in SERVICES:
        follows = partial(is_in_force, databases[service], number)
        until(follows, f"{service} does not follow")


def test_receipts_come_back(country: Country) -> None:
    country.accepted(RESTORED[0], f"cal.{LAST_YEAR}-H2", models(1))
    make_again(country.deployment.kafka, receipts_topic(SOURCE))

    looked = blocking(republishing.receipts(settings(country), None, dry_run=True, quiet=True))
    done = blocking(republishing.receipts(settings(country), SOURCE, dry_run=False, quiet=True))

    assert (looked.dry_run, done.dry_run) == (True, False)
    assert looked.receipts == done.receipts >= 1


def settings(country: Country) -> OperatorSettings:
    """Return what an operator has set."""
    databases = {it: SecretStr(url) for it, url in country.deployment.databases.items()}
    return OperatorSettings(
        kafka=country.deployment.kafka,
        intake_database=databases["intake"],
        aggregator_database=databases["aggregator"],
        notifier_database=databases["notifier"],
    )


def make_again(kafka: str, topic: str) -> None:
    """Delete a topic and make it anew, empty."""

    async def delete() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        try:
            await admin.delete_topics([topic])
        finally:
            await admin.close()

    blocking(delete())
    until(lambda: topic not in blocking(existing_topics(kafka)), f"{topic} does not go")
    blocking(create_missing_topics(kafka, topics.specs([SOURCE])))


def is_in_force(database: str, revision: int) -> bool:
    """Tell whether a revision is in force in a service's tables."""

    async def look() -> bool:
        connection = await asyncpg.connect(database, server_settings={"search_path": "qcdc"})
        try:
            query = "SELECT max(revision) FROM directory_revision WHERE refused IS NULL"
            return bool(await connection.fetchval(query) == revision)
        finally:
            await connection.close()

    return blocking(look())
