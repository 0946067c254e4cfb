"""Random reports of two forms through the ledger: every answer counts a reporter's figure once."""

import random
from collections.abc import Iterator, Mapping, Sequence

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.contracts.event import Event
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, Value, accepted, withdrawn
from tests.integration.aggregator.asking import by_cell, get
from tests.integration.aggregator.counting import Counting

PROVINCE, PERIODS = "37.2", ("cal.2025-Q4", "cal.2026-Q1", "cal.2026-Q2")
FORMS = ("F01", "F05")
CELL = "work_days"
Slots = dict[tuple[str, str, str], int | None]
"""What the current report of a unit, form and period states; absent when there is none."""


def history(units: Sequence[str], rng: random.Random, stated: Slots) -> Iterator[Event]:
    """Yield revisions in any order of forms, and keep what stands in the end."""
    revisions: dict[tuple[str, str, str], int] = {}
    for _ in range(150):
        slot = rng.choice(units), rng.choice(FORMS), rng.choice(PERIODS)
        unit, form, period = slot
        revision = revisions[slot] = revisions.get(slot, 0) + 1
        subject = ReportSubject(unit, (PROVINCE,), "xa", form, period)
        if revision > 1 and rng.random() < 0.3:
            stated.pop(slot, None)
            yield withdrawn(subject, revision=revision)
            continue
        stated[slot] = rng.choice([None, rng.randint(0, 50)])
        other: Mapping[str, Value] = {"contributions_vnd": rng.randint(0, 9)}
        yield accepted({CELL: stated[slot], **other}, subject, revision=revision)


def counted(stated: Slots, units: Sequence[str], periods: Sequence[str]) -> int | None:
    """Return the sum of one figure for each unit and period: that of F01, else that of F05."""
    figures = []
    for unit in units:
        for period in periods:
            by_form = (stated.get((unit, form, period)) for form in FORMS)
            figures.append(next((it for it in by_form if it is not None), None))
    known = [it for it in figures if it is not None]
    return sum(known) if known else None


async def test_answers_count_each_reporter_once(
    api: httpx.AsyncClient, database: Database, layouts: Layouts, reference: ReferenceData
) -> None:
    """Of one period and of a range, of a province and of a commune, in both views."""
    below = reference.directory.below(PROVINCE)
    units = [it.key for it in below if it.level == "commune"][:12]
    stated: Slots = {}
    await Counting(database, layouts).count(history(units, random.Random(5), stated))

    for view in ("as_reported", "current"):
        for asked, of in ((PROVINCE, units), (units[0], units[:1])):
            for period in PERIODS:
                answer = await get(api, "/v1/totals", unit=asked, period=period, view=view)
                assert by_cell(answer)[CELL]["value"] == counted(stated, of, [period])
            span = {"from_": PERIODS[0], "to": PERIODS[-1]}
            answer = await get(api, "/v1/totals", unit=asked, view=view, **span)
            assert by_cell(answer)[CELL]["value"] == counted(stated, of, PERIODS)
