"""Which revision is in force: for whoever reads the topic, in whatever state it is."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.directory import DirectoryRevised
from shared.directory.entities import (
    Entities,
    EntityChanges,
    EntityUpdate,
    checksum,
    difference,
    with_changes,
)
from shared.directory.replica import DirectoryReplica

AT = datetime(2026, 10, 15, tzinfo=UTC)
ENTITIES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"), max_size=6)


def revised(number: int, base: int, entities: Entities) -> DirectoryRevised:
    return DirectoryRevised(
        event_id=f"r{number}",
        occurred_at=AT,
        revision=number,
        base=base,
        entities=len(entities),
        checksum=checksum(entities),
        document="",
    )


def fine(_: Entities) -> str:
    return ""


def tell(replica: DirectoryReplica, changes: EntityChanges) -> None:
    for key, content in changes.items():
        replica.take(EntityUpdate(key, content))


def published(
    replica: DirectoryReplica, number: int, base: int, wanted: Entities
) -> DirectoryReplica:
    """Tell what differs from the newest records, and put it in force."""
    tell(replica, difference(replica.latest, wanted))
    replica.take(revised(number, base, wanted))
    replica.settle(fine)
    return replica


@given(ENTITIES, ENTITIES)
def test_what_is_told_makes_the_one_out_of_the_other(old: Entities, new: Entities) -> None:
    """Nothing is told that stays as it is, and nothing is left out."""
    changes = difference(old, new)

    assert with_changes(old, changes) == new
    assert all(old.get(key) != content for key, content in changes.items())


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3)))
def test_the_checksum_knows_no_order(entities: dict[str, str]) -> None:
    """Tables give rows back in any order."""
    turned = dict(reversed(entities.items()))

    assert checksum(turned) == checksum(entities)


def test_the_checksum_tells_one_content_from_another() -> None:
    assert checksum({"a": "1"}) != checksum({"a": "2"}) != checksum({"b": "2"})


@given(ENTITIES, ENTITIES, ENTITIES)
def test_half_a_publication_changes_nothing(
    first: Entities, half: Entities, then: Entities
) -> None:
    """Whatever a publisher has left half done, the next one comes out as it was meant."""
    replica = published(DirectoryReplica(), 1, 0, first)
    tell(replica, difference(replica.latest, half))

    assert replica.entities == first

    published(replica, 2, 1, then)

    assert replica.entities == then
    assert not replica.unfinished


@given(st.lists(ENTITIES, min_size=1, max_size=5), st.data())
def test_a_compacted_topic_says_the_same(wanted: list[Entities], data: st.DataObject) -> None:
    """Of each key only the newest record may be left, up to any point in the past."""
    replica, log = DirectoryReplica(), list[EntityUpdate | DirectoryRevised]()
    for number, entities in enumerate(wanted, start=1):
        log += [EntityUpdate(*it) for it in difference(replica.latest, entities).items()]
        log.append(revised(number, number - 1, entities))
        published(replica, number, number - 1, entities)
    cut = data.draw(st.integers(0, len(log)))
    newest = {_key(it): place for place, it in enumerate(log[:cut])}
    compacted = [it for n, it in enumerate(log) if n >= cut or newest[_key(it)] == n]

    reader = DirectoryReplica()
    for fact in compacted:
        reader.take(fact)
    reader.settle(fine)

    assert reader.entities == wanted[-1]


def _key(fact: EntityUpdate | DirectoryRevised) -> str:
    return fact.key if isinstance(fact, EntityUpdate) else "revision"


def test_a_missing_record_is_noticed() -> None:
    """An entity that never arrived must not be missing in silence."""
    replica = published(DirectoryReplica(), 1, 0, {"a": "1"})
    tell(replica, {"b": "2"})
    replica.take(revised(2, 1, {"a": "1", "b": "2", "c": "3"}))
    replica.settle(fine)

    assert replica.entities == {"a": "1"}
    assert "incomplete" in replica.seen[-1].refused


def test_another_content_is_noticed() -> None:
    """As many entities as are meant, and one of them is another."""
    replica = published(DirectoryReplica(), 1, 0, {"a": "1"})
    tell(replica, {"a": "2"})
    replica.take(revised(2, 1, {"a": "3"}))
    replica.settle(fine)

    assert replica.entities == {"a": "1"}


def test_an_old_base_is_refused() -> None:
    """It would undo what its publisher has not seen."""
    replica = published(published(DirectoryReplica(), 1, 0, {"a": "1"}), 2, 1, {"a": "2"})
    published(replica, 2, 1, {"a": "3"})

    assert replica.entities == {"a": "2"}
    assert "based on revision 1, but 2 is in force" in replica.seen[-1].refused


def test_a_revision_may_be_told_again() -> None:
    """A publisher that gave up tells once more what is in force, over what it had told."""
    replica = published(published(DirectoryReplica(), 1, 0, {"a": "1"}), 2, 1, {"a": "2"})
    tell(replica, {"a": "3"})
    published(replica, 2, 1, {"a": "2"})

    assert replica.seen[-1].refused == ""
    assert not replica.unfinished


def test_what_compaction_took_away_is_not_missed() -> None:
    """A service was away for a month; revision 2 is gone, 3 is based on it and complete."""
    replica = published(published(DirectoryReplica(), 1, 0, {"a": "1"}), 3, 2, {"a": "3"})

    assert replica.in_force is not None
    assert (replica.in_force.revision, replica.entities) == (3, {"a": "3"})


def test_the_newest_usable_revision_counts() -> None:
    """Of three in one batch the last cannot be used; nobody goes back to the first for that."""
    replica = DirectoryReplica()
    for number, content in enumerate(("1", "2", "3"), start=1):
        replica.take(EntityUpdate("a", content))
        replica.take(revised(number, number - 1, {"a": content}))
    replica.settle(lambda entities: "no" if entities["a"] == "3" else "")

    assert replica.entities == {"a": "2"}
    assert replica.latest == {"a": "3"}
    assert [it.refused for it in replica.seen] == ["", "", "no"]


def test_numbers_are_never_used_twice() -> None:
    """A refused revision keeps its number, so that a log line means one thing."""
    replica = published(DirectoryReplica(), 1, 0, {"a": "1"})
    replica.take(revised(5, 1, {"x": "1"}))
    replica.settle(fine)

    assert replica.highest == 5
