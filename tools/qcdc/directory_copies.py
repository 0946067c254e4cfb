"""The directory in the services' tables, and putting it back on a topic that has lost it."""

from dataclasses import dataclass

from shared.contracts.directory import DirectoryRevised
from shared.directory.entities import Entities
from shared.directory.errors import PublicationOvertaken
from shared.directory.publisher import read_published, republish
from shared.directory.store import entities_in_force, revision_in_force
from shared.infra.errors import Misconfigured
from tools.qcdc.databases import connected
from tools.qcdc.settings import SERVICES, OperatorSettings


@dataclass(frozen=True)
class RepublishedDirectory:
    """Which revision was put back, from whose tables, and how many records that took."""

    service: str
    revision: int
    document: str
    entities: int
    records: int | None
    """0 when the topic holds the revision; None in a dry run."""
    on_topic: int
    """The revision that the topic held before, 0 when none."""


async def republish_directory(settings: OperatorSettings, *, dry_run: bool) -> RepublishedDirectory:
    """
    Put the newest revision that any service has in force back on the topic, number and all.

    Raises:
        Misconfigured: no database is named, none holds a directory, or the topic holds a later one.

    """
    kafka = settings.kafka_or_fail()
    service, revision, entities = await _newest(settings)
    before = (await read_published(kafka)).revision
    records = None
    if not dry_run:
        try:
            records = await republish(kafka, entities, revision)
        except PublicationOvertaken as problem:
            raise Misconfigured(f"{problem}; nothing was put in force") from problem
    return RepublishedDirectory(
        service, revision.revision, revision.document, len(entities), records, before
    )


async def _newest(settings: OperatorSettings) -> tuple[str, DirectoryRevised, Entities]:
    found: tuple[str, DirectoryRevised, Entities] | None = None
    for service in SERVICES:
        if getattr(settings, f"{service}_database") is None:
            continue
        async with connected(settings, service) as connection, connection.transaction():
            revision = await revision_in_force(connection)
            if revision and (found is None or revision.revision > found[1].revision):
                found = service, revision, await entities_in_force(connection)
    if found is None:
        raise Misconfigured(
            "no service has a directory in its tables; QCDC_INTAKE_DATABASE says where intake's are"
        )
    return found
