"""A directory that is put back on a topic is the one that was lost, or nothing is put there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.contracts.directory import DirectoryRevised
from shared.directory.contents import entities_of
from shared.directory.entities import Entities
from shared.directory.errors import PublicationOvertaken
from shared.directory.publisher import publish, read_published, republish
from tests.builders.plumbing import new_topic
from tests.builders.reference import shipped_contents

AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
_SHIPPED = shipped_contents()


def entities(*areas: str) -> Entities:
    """Return the directory of these provinces, without what lies in them."""
    units = [it for it in _SHIPPED.units if it.key in areas]
    return entities_of(replace(_SHIPPED, units=units, links=(), committees=()))


ONE, TWO = entities("37.2"), entities("37.2", "80.2")


async def second_revision(kafka: str) -> DirectoryRevised:
    """Return revision 2 of a topic that is lost then."""
    topic = await new_topic(kafka)
    await publish(kafka, ONE, "first", AT, topic=topic)
    revision = await publish(kafka, TWO, "second", AT, topic=topic)
    assert revision is not None
    return revision


async def test_a_lost_revision_keeps_its_number_and_its_id(kafka: str) -> None:
    """A reader that has it in force sees nothing new; a second try finds it there."""
    revision, topic = await second_revision(kafka), await new_topic(kafka)

    records = await republish(kafka, TWO, revision, topic=topic)
    again = await republish(kafka, TWO, revision, topic=topic)

    found = (await read_published(kafka, topic)).replica
    assert (found.in_force, found.entities, found.unfinished) == (revision, TWO, False)
    assert (records, again) == (len(TWO) + 1, 0)


async def test_an_older_revision_that_is_left_is_built_upon(kafka: str) -> None:
    """The topic lost its newest records only."""
    revision, topic = await second_revision(kafka), await new_topic(kafka)
    await publish(kafka, ONE, "first", AT, topic=topic)

    assert await republish(kafka, TWO, revision, topic=topic) == 2

    assert (await read_published(kafka, topic)).replica.in_force == revision


async def test_a_later_publication_is_not_undone(kafka: str) -> None:
    """Whoever has published since would lose it."""
    revision, topic = await second_revision(kafka), await new_topic(kafka)
    for document, wanted in (("1", ONE), ("2", entities("80.2"))):
        await publish(kafka, wanted, document, AT, topic=topic)
    end = (await read_published(kafka, topic)).end

    with pytest.raises(PublicationOvertaken, match="holds revision 2"):
        await republish(kafka, TWO, revision, topic=topic)

    assert (await read_published(kafka, topic)).end == end
