"""The directory on Kafka: published once, in force everywhere at once, and never by half."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from shared.contracts.directory import DirectoryRevised
from shared.contracts.topics import COMMON
from shared.directory import publisher as publishing
from shared.directory.contents import DirectoryContents, entities_of
from shared.directory.entities import difference
from shared.directory.errors import DirectoryUnread, PublicationOvertaken
from shared.directory.follower import (
    CALENDAR,
    PART,
    DirectoryCondition,
    DirectoryFollower,
)
from shared.directory.publisher import publish, read_published
from shared.directory.replica import DirectoryReplica
from shared.directory.store import migrations_of, revision_status
from shared.infra.health import Health
from shared.infra.instance import InstanceClaim
from shared.infra.kafka.broker import producer
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.postgres.database import Database
from shared.infra.settings import ServiceSettings
from shared.infra.start import Start
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.units import Unit
from tests.builders.plumbing import migrated, new_topic
from tests.builders.reference import shipped_contents, shipped_entities
from tests.eventually import eventually

AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
SOON = 30.0
LAW = replace(shipped_contents(), units=(), links=(), committees=())


def unit(key: str, name: str, parent: str | None = None) -> Unit:
    level, kind = ("commune", "xa") if parent else ("province", "tinh")
    code = key.partition(".")[0]
    return Unit(key, code, level, kind, name, parent, date(2025, 7, 1), None)


def contents(*more: Unit) -> DirectoryContents:
    """Return a directory of one province and a commune, and whatever is given."""
    return replace(LAW, units=[unit("37.2", "Ninh Bình"), unit("13285.2", "Phủ Lý", "37.2"), *more])


ONE = entities_of(contents())
TWO = entities_of(contents(unit("13291.2", "Hà Nam", "37.2")))
THREE = entities_of(contents(unit("13300.2", "Liêm Tuyền", "37.2")))


@dataclass
class Following:
    """A register at work, and what surrounds it."""

    register: DirectoryFollower
    health: Health
    database: Database
    begun: asyncio.Event
    seen: list[ReferenceData]

    async def has(self, *keys: str) -> bool:
        """Tell whether exactly these units are in force."""
        return sorted(it.key for it in self.register.reference().directory) == sorted(keys)

    async def complains(self, words: str) -> bool:
        """Tell whether the health says that a revision was refused, in these words."""
        complaint = self.health.complaints.get(PART)
        return (
            complaint is not None
            and complaint.condition is DirectoryCondition.REFUSED
            and words in complaint.detail
        )

    async def is_fine(self) -> bool:
        return PART not in self.health.complaints


@asynccontextmanager
async def following(
    kafka: str,
    url: str,
    topic: str,
    prepare: Callable[[ReferenceData], object] = lambda reference: reference,
) -> AsyncIterator[Following]:
    """Run a register as every service does, with a task behind it that waits for its turn."""
    async with migrated(url) as database:
        health, begun, seen = Health(), asyncio.Event(), list[ReferenceData]()
        settings = ServiceSettings(kafka=kafka, database=SecretStr(url), http_port=1)
        register = DirectoryFollower(
            "test", settings, database, health, prepare=prepare, topic=topic
        )
        register.on_change(seen.append)
        claim = InstanceClaim(database, "test", settings, health)
        needed = migrations_of(None), "none", kafka, COMMON, health, claim
        start = Start(database, *needed, [register.prerequisite])

        async def work() -> None:
            begun.set()
            await asyncio.Event().wait()

        tasks = [asyncio.ensure_future(task()) for task in start.before([work])]
        try:
            yield Following(register, health, database, begun, seen)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def topic(kafka: str) -> str:
    """Make a directory of this test's own, and wait until the broker knows it."""
    await create_missing_topics(kafka, COMMON)
    name = await new_topic(kafka)
    await read_published(kafka, name)
    return name


async def test_a_revision_comes_into_force_without_a_restart(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """A province founds a commune at noon; nobody restarts three services for that."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        before = it.register.reference()
        assert await it.has("13285.2", "37.2")

        await publish(kafka, TWO, "Nghị quyết 1", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "13291.2", "37.2"), seconds=SOON)

        assert await before_is_untouched(before)
        assert it.seen == [before, it.register.reference()]
        assert await it.is_fine()


async def before_is_untouched(reference: ReferenceData) -> bool:
    """Whoever works by the old facts at the moment of the swap goes on by them."""
    return len(reference.directory) == 2


async def test_half_a_publication_is_never_in_force(
    kafka: str, postgres_url: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher dies between the units and the revision: the old one stays, here and anew."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await cut_short(kafka, topic, monkeypatch)
        await eventually(partial(is_read, it), seconds=SOON)
        await it.register.refresh()

        assert await it.has("13285.2", "37.2")
        assert (await read_published(kafka, topic)).replica.entities == ONE

        # Another change then leaves out what was cut short.
        await publish(kafka, THREE, "after all", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "13300.2", "37.2"), seconds=SOON)


async def cut_short(kafka: str, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish, and die before the last record."""

    async def die(*_: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_put_in_force", die)
        with pytest.raises(ConnectionAbortedError):
            await publish(kafka, TWO, "cut short", AT, topic=topic)


async def is_read(it: Following) -> bool:
    return await it.register.reader.behind() == 0


async def test_the_same_again_publishes_nothing(kafka: str, topic: str) -> None:
    """Files are applied again and again, by people and by scripts."""
    first = await publish(kafka, TWO, "first", AT, topic=topic)
    end = (await read_published(kafka, topic)).end

    again = await publish(kafka, TWO, "first", AT, topic=topic)

    assert first is not None
    assert again is None
    assert (await read_published(kafka, topic)).end == end


async def test_what_changed_is_told_and_nothing_else(kafka: str, topic: str) -> None:
    """One commune is renamed: two records, not fourteen thousand."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    end = (await read_published(kafka, topic)).end
    renamed = entities_of(contents(unit("13291.2", "Hà Nam", "37.2")))

    await publish(kafka, renamed, "second", AT, topic=topic)

    assert (await read_published(kafka, topic)).end == end + 2


async def test_who_worked_from_an_older_revision_is_refused(kafka: str, topic: str) -> None:
    """Two operators read revision 1; the second would take back what the first has published."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    base = await read_published(kafka, topic)
    await publish(kafka, TWO, "one operator", AT, topic=topic, base=base)

    with pytest.raises(PublicationOvertaken):
        await publish(kafka, THREE, "another one", AT, topic=topic, base=base)

    assert (await read_published(kafka, topic)).replica.entities == TWO


async def test_who_meets_another_publisher_at_work_puts_nothing_in_force(
    kafka: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one's entities lie between ours and the revision that we were about to write."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    tell_ours = publishing._publish_changes

    async def tell_both(sender: AIOKafkaProducer, *rest: Any) -> None:
        await tell_ours(sender, *rest)
        await tell_ours(sender, topic, difference(ONE, THREE), AT)

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_publish_changes", tell_both)
        with pytest.raises(PublicationOvertaken):
            await publish(kafka, TWO, "second", AT, topic=topic)

    published = (await read_published(kafka, topic)).replica
    assert published.entities == ONE
    assert published.highest == 1


async def test_of_two_who_publish_at_once_one_at_most_comes_into_force(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """Whatever mixture reaches the topic, what is in force is what one of them meant."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await asyncio.gather(
            publish(kafka, TWO, "one", AT, topic=topic),
            publish(kafka, THREE, "another", AT, topic=topic),
            return_exceptions=True,
        )
        await eventually(partial(is_read, it), seconds=SOON)
        await it.register.refresh()
        published = await read_published(kafka, topic)

        assert published.replica.entities in (ONE, TWO, THREE)
        assert await it.has(*units_of(published.replica.entities))

        await publish(kafka, TWO, "once more", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "13291.2", "37.2"), seconds=SOON)
        await eventually(it.is_fine)


def units_of(entities: object) -> list[str]:
    assert isinstance(entities, dict)
    return [key.partition("/")[2] for key in entities if key.startswith("unit/")]


async def test_a_revision_on_an_old_base_is_ignored_and_told_of(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """A publisher that did not look again cannot undo what came in between."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    await publish(kafka, TWO, "second", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await tell(kafka, topic, revision(2, base=1, of=THREE))
        await eventually(lambda: it.complains("based on revision 1"), seconds=SOON)

        assert await it.has("13285.2", "13291.2", "37.2")


async def test_an_incomplete_revision_is_refused_and_health_says_so(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """A record was lost on the way: the checksum does not hold, and the old stays in force."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await tell(kafka, topic, revision(2, base=1, of=TWO))
        await eventually(lambda: it.complains("is incomplete"), seconds=SOON)
        assert await it.has("13285.2", "37.2")

        await publish(kafka, TWO, "complete", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "13291.2", "37.2"), seconds=SOON)
        await eventually(it.is_fine)


async def test_an_unusable_revision_is_refused_and_health_says_so(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """One service cannot work by it, for a reason of its own; a later one counts again."""

    def prepare(reference: ReferenceData) -> None:
        if reference.directory.get("13291.2"):
            raise FactError("committees", "x", "is not for us")

    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic, prepare) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        await publish(kafka, TWO, "second", AT, topic=topic)
        await eventually(lambda: it.complains("is not for us"), seconds=SOON)
        assert await it.has("13285.2", "37.2")
        stands = (await it.register.refresh()).in_force
        assert stands is not None  # in the tables too, for the next start
        assert stands.revision == 1

        await publish(kafka, THREE, "third", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "13300.2", "37.2"), seconds=SOON)
        await eventually(it.is_fine)


async def test_nobody_can_publish_what_nobody_can_work_by(kafka: str, topic: str) -> None:
    """A commune in a province that is not there."""
    orphan = entities_of(contents(unit("13291.2", "Hà Nam", "99.2")))

    with pytest.raises(FactError, match=r"99\.2"):
        await publish(kafka, orphan, "orphan", AT, topic=topic)

    assert (await read_published(kafka, topic)).end == 0


async def test_what_no_record_can_hold_is_refused_before_anything_is_told(
    kafka: str, topic: str
) -> None:
    """Else its neighbours would be told on every try, and never come into force."""
    first, name = date(2025, 7, 1), "H" * 9_000
    days = [first + timedelta(days=n) for n in range(200)]
    huge = [replace(unit("13300.2", name, "37.2"), valid_from=day, valid_to=day) for day in days]

    with pytest.raises(FactError, match=r"unit/13300\.2"):
        await publish(
            kafka,
            entities_of(contents(unit("13291.2", "Hà Nam", "37.2"), *huge)),
            "",
            AT,
            topic=topic,
        )

    assert (await read_published(kafka, topic)).end == 0


async def test_nothing_begins_before_the_topic_has_been_read(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """A report judged by the facts that ship with the code would name units that are not there."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with migrated(postgres_url) as database, database.connection() as other:
        lock = other.transaction()
        await lock.start()
        await other.execute("LOCK TABLE directory_incoming IN ACCESS EXCLUSIVE MODE")
        async with following(kafka, postgres_url, topic) as it:
            await eventually(partial(is_behind, it), seconds=SOON)
            assert not it.begun.is_set()
            with pytest.raises(DirectoryUnread):
                it.register.reference()

            await lock.rollback()
            await asyncio.wait_for(it.begun.wait(), SOON)
            assert await it.has("13285.2", "37.2")


async def is_behind(it: Following) -> bool:
    try:
        return await it.register.reader.behind() > 0
    except KafkaError:
        return False


async def test_the_shipped_facts_are_in_force_until_something_is_published(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """A first start needs no operator; a first publication replaces what ships."""
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
        assert len(it.register.reference().directory) > 14_000

        await publish(kafka, ONE, "first", AT, topic=topic)
        await eventually(lambda: it.has("13285.2", "37.2"), seconds=SOON)


async def test_a_service_that_was_away_knows_its_directory_without_kafka(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """Reports over HTTP are judged while Kafka is away, also after a restart."""
    await publish(kafka, ONE, "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)
    async with following("127.0.0.1:1", postgres_url, topic) as it:
        await eventually(partial(knows, it), seconds=SOON)

        assert await it.has("13285.2", "37.2")
        assert not it.begun.is_set()


async def knows(it: Following) -> bool:
    try:
        return it.register.reference() is not None
    except DirectoryUnread:
        return False


async def test_after_compaction_a_new_service_gets_the_same_directory(
    kafka: str, postgres_url: str
) -> None:
    """What is left of a compacted topic are the newest records of each key."""
    await create_missing_topics(kafka, COMMON)
    whole, compacted = await new_topic(kafka), await new_topic(kafka)
    for number, wanted in enumerate((ONE, TWO, THREE, TWO), start=1):
        await publish(kafka, wanted, f"revision {number}", AT, topic=whole)
    published = (await read_published(kafka, whole)).replica
    assert published.in_force is not None
    await tell_entities(kafka, compacted, published.latest)
    await tell(kafka, compacted, published.in_force)

    async with following(kafka, postgres_url, compacted) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)

        assert published.in_force.base == 3
        assert await it.has("13285.2", "13291.2", "37.2")


async def test_the_whole_directory_is_loaded_in_less_than_two_seconds(
    kafka: str, postgres_url: str, topic: str
) -> None:
    """From its tables, as every start and every change does it; other work of the machine apart."""
    await publish(kafka, shipped_entities(), "first", AT, topic=topic)
    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), 2 * SOON)
        settings = ServiceSettings(kafka=kafka, database=SecretStr(postgres_url), http_port=1)
        another = DirectoryFollower("other", settings, it.database, Health(), topic=topic)
        begin = time.process_time()
        await another.refresh()

        assert time.process_time() - begin < 2
        assert len(another.reference().directory) > 14_000


def revision(number: int, *, base: int, of: dict[str, str]) -> DirectoryRevised:
    nothing = publishing.PublishedDirectory(DirectoryReplica(), 0)
    made = publishing._revision(nothing, of, f"revision {number}", AT)
    return made.model_copy(update={"revision": number, "base": base})


async def tell(kafka: str, topic: str, told: DirectoryRevised) -> None:
    async with producer(kafka, "test") as sender:
        await publishing._put_in_force(sender, topic, told)


async def tell_entities(kafka: str, topic: str, entities: dict[str, str]) -> None:
    async with producer(kafka, "test") as sender:
        await publishing._publish_changes(sender, topic, difference({}, entities), AT)


@pytest.mark.parametrize(("years", "complains"), [(1, True), (3, False)])
async def test_the_calendars_end_is_complained_of_two_years_before(
    kafka: str, postgres_url: str, topic: str, years: int, *, complains: bool
) -> None:
    """What is due after its end cannot be judged; until then it keeps nobody from answering."""
    assert LAW.calendar is not None
    async with migrated(postgres_url) as database, database.connection() as connection:
        today = (await revision_status(connection)).today
    calendar = replace(LAW.calendar, last=today + timedelta(days=365 * years))
    await publish(
        kafka, entities_of(replace(contents(), calendar=calendar)), "first", AT, topic=topic
    )

    async with following(kafka, postgres_url, topic) as it:
        await asyncio.wait_for(it.begun.wait(), SOON)

        assert (CALENDAR in it.health.complaints) is complains
        assert it.health.obstacles == {}
