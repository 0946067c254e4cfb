"""A directory that changes while the line runs: what it changes is announced again, no more."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.aggregator.announcements import DirtyTotals
from services.aggregator.domain.fold import Province
from services.aggregator.domain.layouts import Layouts
from services.aggregator.pictures import Pictures
from services.aggregator.recounting import Recounting
from services.aggregator.settings import Settings
from services.aggregator.wiring import build
from shared.domain.directory import Directory, Unit
from shared.infra.database import Database
from shared.infra.facts import Facts
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.reform import (
    AFTER,
    BEFORE,
    BOTH,
    FIRST,
    LEFT,
    MERGED,
    RIGHT,
    facts_of,
    models,
)
from tests.integration.aggregator.test_closing import relayed

Told = Sequence[tuple[str, str, str]]


@pytest.fixture
def recounting(database: Database, facts: Facts, layouts: Layouts) -> Recounting:
    """Return what looks through the announcements, on nobody's facts in particular."""
    nowhere = Settings.model_validate(
        {"kafka": "nowhere:1", "database": "postgresql://nowhere/none", "http_port": 1}
    )
    return Recounting(database, layouts, build(nowhere, facts=facts).register)


async def announced(database: Database, facts: Facts, layouts: Layouts) -> Told:
    """Announce everything that waits."""
    sent = await relayed(database, DirtyTotals(Pictures(lambda: facts, layouts)))
    return [tuple((it.key or b"").decode().split("|")) for it in sent]  # type: ignore[misc]


async def test_reform_known_in_time_changes_no_announcement(
    database: Database, facts: Facts, layouts: Layouts, recounting: Recounting
) -> None:
    """Who owed for the first half of 2024 is who it was: nothing is announced again."""
    before = facts_of(facts, reformed=False)
    await Counting(database, layouts).count(
        models(before, BEFORE, {**dict.fromkeys(MERGED, 1), "B2": 1}, layouts)
    )
    assert {it[0] for it in await announced(database, before, layouts)} == {LEFT, RIGHT}

    assert await recounting.mark(facts_of(facts, reformed=True)) == []


async def test_unit_entered_late_changes_the_coverage_of_its_province(
    database: Database, facts: Facts, layouts: Layouts, recounting: Recounting
) -> None:
    """A commune that was forgotten owes since its first day; other provinces keep silent."""
    known = facts_of(facts, reformed=True)
    counting = Counting(database, layouts)
    await counting.count(models(known, BEFORE, {MERGED[0]: 1, "B2": 1}, layouts))
    await counting.count(models(known, AFTER, {"N1": 1}, layouts))
    await announced(database, known, layouts)
    forgotten = Unit("N4", "N4", "commune", "xa", "Xã N4", BOTH, FIRST, None)
    units = [state for it in known.directory for state in known.directory.states(it.key)]
    corrected = replace(known, directory=Directory([*units, forgotten]))

    marked = await recounting.mark(corrected)
    told = await announced(database, corrected, layouts)

    assert marked == [Province(BOTH, "F05", AFTER)]
    assert told == [(BOTH, "F05", AFTER)]
    assert await recounting.mark(corrected) == []
