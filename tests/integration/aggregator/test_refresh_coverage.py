"""A directory that changes while all runs: what it changes is announced again, no more."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.aggregator.app import build
from services.aggregator.domain.fold import ProvinceTotal
from services.aggregator.domain.layouts import Layouts
from services.aggregator.settings import AggregatorSettings
from services.aggregator.usecases.announce import TotalsOutbox
from services.aggregator.usecases.refresh_coverage import CoverageRefresh
from services.aggregator.usecases.sign import SignOrder
from shared.infra.health import Health
from shared.infra.postgres.database import Database
from shared.reference.directory import Directory, Unit
from shared.reference.reference_data import ReferenceData
from tests.integration.aggregator.asking import client, get
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.publishing import relayed, renderer, restatements, signed
from tests.integration.aggregator.reform import (
    AFTER,
    BEFORE,
    BOTH,
    FIRST,
    LEFT,
    MERGED,
    RIGHT,
    models,
    reference_of,
)

TopicKeys = Sequence[tuple[str, str, str]]


@pytest.fixture
def refresh(database: Database, reference: ReferenceData, layouts: Layouts) -> CoverageRefresh:
    """Return the coverage refresh, by no reference data in particular."""
    nowhere = AggregatorSettings.model_validate(
        {"kafka": "nowhere:1", "database": "postgresql://nowhere/none", "http_port": 1}
    )
    follower = build(nowhere, reference=reference).follower
    return CoverageRefresh(database, layouts, follower, Health())


async def announced(database: Database, reference: ReferenceData, layouts: Layouts) -> TopicKeys:
    """Announce everything that waits."""
    sent = await relayed(database, TotalsOutbox(renderer(reference, layouts)))
    return [tuple((it.key or b"").decode().split("|")) for it in sent]  # type: ignore[misc]


async def test_reform_known_in_time_changes_no_announcement(
    database: Database, reference: ReferenceData, layouts: Layouts, refresh: CoverageRefresh
) -> None:
    """Who owed for the first half of 2024 is who it was: nothing is announced again."""
    before = reference_of(reference, reformed=False)
    await Counting(database, layouts).count(
        models(before, BEFORE, {**dict.fromkeys(MERGED, 1), "B2": 1}, layouts)
    )
    assert {it[0] for it in await announced(database, before, layouts)} == {LEFT, RIGHT}

    assert await refresh.mark(reference_of(reference, reformed=True)) == []


async def test_unit_entered_late_changes_the_coverage_of_its_province(
    database: Database, reference: ReferenceData, layouts: Layouts, refresh: CoverageRefresh
) -> None:
    """A commune that was forgotten owes since its first day; other provinces keep silent."""
    original = reference_of(reference, reformed=True)
    counting = Counting(database, layouts)
    await counting.count(models(original, BEFORE, {MERGED[0]: 1, "B2": 1}, layouts))
    await counting.count(models(original, AFTER, {"N1": 1}, layouts))
    await announced(database, original, layouts)
    corrected = forgotten(original)

    marked = await refresh.mark(corrected)
    published = await announced(database, corrected, layouts)

    assert marked == [ProvinceTotal(BOTH, "F05", AFTER)]
    assert published == [(BOTH, "F05", AFTER)]
    assert await refresh.mark(corrected) == []


async def test_unit_whose_move_is_entered_late_has_reported_in_its_new_province(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Its figures stay where they were counted; it must not be called missing for all that."""
    original = reference_of(reference, reformed=False)
    await Counting(database, layouts).count(models(original, BEFORE, {"A1": 1, "B2": 1}, layouts))
    units = [state for it in original.directory for state in original.directory.states(it.key)]
    moved = [replace(it, parent=RIGHT) if it.key == "A1" else it for it in units]
    corrected = replace(original, directory=Directory(moved))

    async with client(database, lambda: corrected, layouts) as api:
        late, covered = [
            await get(api, f"/v1/{what}", unit=RIGHT, period=BEFORE, form="F05")
            for what in ("late", "coverage")
        ]

    assert {it["unit"] for it in late["units"] if it["state"] == "missing"} == {"B1"}
    assert (covered["expected"], covered["reported"], covered["missing"]) == (3, 2, 1)


async def test_signed_total_that_nobody_had_reported_follows_the_directory(
    database: Database, reference: ReferenceData, layouts: Layouts, refresh: CoverageRefresh
) -> None:
    """A commune that was forgotten changes what was signed, also where no report has come."""
    original = reference_of(reference, reformed=True)
    await signed(database, original, SignOrder(BOTH, "F05", AFTER, "Báo cáo số 1"))
    await relayed(database, TotalsOutbox(renderer(original, layouts)))
    corrected = forgotten(original)

    await refresh.mark(corrected)
    sent = await relayed(database, TotalsOutbox(renderer(corrected, layouts)))

    (event,) = restatements(sent)
    assert (event.coverage_before.expected, event.coverage_after.expected) == (3, 4)


def forgotten(original: ReferenceData) -> ReferenceData:
    """Return reference data with a commune that had been left out."""
    unit = Unit("N4", "N4", "commune", "xa", "Xã N4", BOTH, FIRST, None)
    units = [state for it in original.directory for state in original.directory.states(it.key)]
    return replace(original, directory=Directory([*units, unit]))
