"""Republishing: the journal gives every event of the reports topic again, byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.intake.usecases.republish import RepublishedReports
from shared.contracts.topics import PARTITIONS, REPORTS
from shared.infra.postgres.database import Connection
from shared.reference.directory import Directory
from tests.builders.intake_rejudging import EXTENDED
from tests.builders.intake_republishing import History, Published, Slot, _read, history, read_all
from tests.builders.intake_service import (
    reference,
)
from tests.builders.plumbing import new_topic

__all__ = ["history"]


async def test_every_record_is_published_as_it_was(history: History) -> None:
    """Readers that skip known event ids and revisions see nothing new, in the old order."""
    outcome = await history.republish()

    assert outcome == RepublishedReports(revisions=13, derived=0, dry_run=False)
    assert await _read(history.topics.reports, 13) == history.first


async def test_lost_topic_is_filled_again(history: History) -> None:
    """A rebuild reads the same from a new log."""
    topic = await new_topic(history.kafka, PARTITIONS[REPORTS])

    await history.republish(topic=topic)

    assert await read_all(history.kafka, topic, 13) == history.first


async def test_directory_of_a_later_day_changes_no_event(history: History) -> None:
    """What an event says of its unit was stored; the rest follows from body and form version."""
    now = reference().directory
    states = [state for unit in now for state in now.states(unit.key)]
    moved = [
        replace(it, type="phuong", parent="80.2") if it.parent == "37.2" else it for it in states
    ]
    later = replace(EXTENDED, directory=Directory(moved))

    outcome = await history.republish(known=later)

    assert outcome.derived == 0
    again = await _read(history.topics.reports, 13)
    assert _without_partition(again) == _without_partition(history.first)


async def test_entries_of_an_older_release_are_derived_and_counted(history: History) -> None:
    """They do not store type and path: the directory in force says both, and nothing is hidden."""
    async with history.upstream.intake.database.transaction() as connection:
        await _forget_places(connection)

    outcome = await history.republish()

    assert (outcome.revisions, outcome.derived) == (13, 13)
    assert await _read(history.topics.reports, 13) == history.first


async def test_dry_run_builds_everything_and_sends_nothing(history: History) -> None:
    """An operator sees beforehand whether every event can be built."""
    ends = await history.topics.reports.end_offsets(history.topics.reports.assignment())

    outcome = await history.republish(dry_run=True)

    assert outcome == RepublishedReports(revisions=13, derived=0, dry_run=True)
    assert await history.topics.reports.end_offsets(history.topics.reports.assignment()) == ends


async def _forget_places(connection: Connection) -> None:
    await connection.execute("ALTER TABLE journal DISABLE TRIGGER journal_is_append_only")
    await connection.execute("UPDATE journal SET unit_type = NULL, path = NULL")
    await connection.execute("ALTER TABLE journal ENABLE TRIGGER journal_is_append_only")


def _without_partition(
    slots: Mapping[Slot, Sequence[Published]],
) -> Mapping[Slot, Sequence[tuple[object, ...]]]:
    return {slot: [record[:3] for record in records] for slot, records in slots.items()}
