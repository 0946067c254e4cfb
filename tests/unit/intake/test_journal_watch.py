"""Which journal may number revisions: the one whose published revisions were read."""

import pytest

from services.intake.store.journal_watch import JournalIdentity, JournalWatch, RevisionsUnknown

KNOWN = JournalIdentity("00000001/16389", 27)


@pytest.fixture
def watch() -> JournalWatch:
    """Return a watch that has seen the journal grow to 27."""
    made = JournalWatch()
    made.trust(KNOWN._replace(newest=20))
    made.check(KNOWN)
    return made


def test_nobody_enters_before_the_journal_is_known() -> None:
    with pytest.raises(RevisionsUnknown):
        JournalWatch().check(KNOWN)


def test_a_journal_that_grows_is_the_same(watch: JournalWatch) -> None:
    watch.check(KNOWN._replace(newest=28))

    assert not watch.doubted.is_set()


@pytest.mark.parametrize(
    "other",
    [
        KNOWN._replace(newest=26),
        KNOWN._replace(tables="00000001/16395"),
        KNOWN._replace(tables="00000002/16389"),
    ],
    ids=["older files", "restored tables", "another server took over"],
)
def test_another_journal_is_closed_until_it_is_trusted(
    watch: JournalWatch, other: JournalIdentity
) -> None:
    """The second look must refuse as the first did: only reading the topic helps."""
    for _ in range(2):
        with pytest.raises(RevisionsUnknown):
            watch.check(other)
    assert watch.doubted.is_set()

    watch.trust(other)
    watch.check(other)

    assert not watch.doubted.is_set()
