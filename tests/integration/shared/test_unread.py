"""How far a topic has been applied is known in spite of what is no record."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.infra.errors import LogHeld, Partition
from shared.infra.kafka.positions import Positions, StoredPosition
from shared.infra.kafka.unread import Span, TopicProgress, UnreadLog
from tests.builders.plumbing import new_topic, publish
from tests.eventually import eventually


@pytest.fixture
async def log(kafka: str) -> AsyncIterator[UnreadLog]:
    """Return the questions to the run's broker."""
    asking = UnreadLog(kafka)
    yield asking
    await asking.close()


class Applied:
    """Stored positions that a test sets."""

    def __init__(self, **positions: int) -> None:
        self.positions = {
            Partition(topic, 0): StoredPosition(at) for topic, at in positions.items()
        }

    async def __call__(self) -> Positions:
        """Return the positions."""
        return self.positions


async def test_all_before_the_ends_is_applied_although_more_has_come(
    kafka: str, log: UnreadLog
) -> None:
    """Ends that were asked for once are passed, however fast the topic grows."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"0", b"1"])
    applied = Applied(**{topic: 1})
    progress = TopicProgress(log, topic, applied)
    ends = await progress.ends()
    await publish(kafka, topic, [b"2"])

    assert not await progress.has_passed(ends)
    applied.positions = {Partition(topic, 0): StoredPosition(2)}
    assert await progress.has_passed(ends)
    assert not await progress.has_passed(await progress.ends())


async def test_end_behind_a_marker_is_passed(kafka: str, log: UnreadLog) -> None:
    """No position ever reaches the offset of a marker."""
    topic = await new_topic(kafka)
    client = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=topic)
    async with client as sender, sender.transaction():
        await sender.send(topic, b"0", partition=0)
    progress = TopicProgress(log, topic, Applied(**{topic: 1}))

    async def passed() -> bool:
        return await progress.has_passed(await progress.ends())

    await eventually(passed)


async def test_position_that_stands_before_a_record_has_not_passed_it(
    kafka: str, log: UnreadLog
) -> None:
    """However long it stands."""
    topic = await new_topic(kafka)
    await publish(kafka, topic, [b"0"])
    progress = TopicProgress(log, topic, Applied(**{topic: 0}))

    for _ in range(3):
        assert not await progress.has_passed(await progress.ends())


async def test_log_that_is_shorter_than_what_was_read_is_another(
    kafka: str, log: UnreadLog
) -> None:
    """Its new records would look like old ones."""
    topic = await new_topic(kafka)
    with pytest.raises(LogHeld):
        await TopicProgress(log, topic, Applied(**{topic: 5})).ends()


async def test_topic_that_is_not_there_has_no_end(log: UnreadLog) -> None:
    """Nobody may conclude that nothing is unread."""
    with pytest.raises(KafkaError):
        await TopicProgress(log, "test.nowhere", Applied()).ends()


async def test_partition_that_fails_keeps_no_other_from_being_looked_at(
    kafka: str, log: UnreadLog
) -> None:
    """A start that the log does not hold is that partition's problem."""
    good, bad = [Partition(await new_topic(kafka), 0) for _ in range(2)]
    await publish(kafka, good.topic, [b"0"])

    found = await log.look(
        {good: Span(0, 1), bad: Span(5, 9)}, committed=True, seconds=5, first_only=True
    )

    assert [it.value for it in found[good].records] == [b"0"]
    assert (found[bad].records, found[bad].reached) == ((), 5)
    assert "OffsetOutOfRange" in found[bad].problem
