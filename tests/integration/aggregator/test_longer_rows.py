"""A ledger of a release before, whose rows are shorter than those of the newest form versions."""

from typing import Any

import asyncpg
import pytest

from services.aggregator.store.schema import MIGRATIONS
from shared.infra.postgres.migrate import migrate
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period

BEFORE = {"carried in": "service/0006", "added": "service/0007"}
"""The first migration that an old ledger lacks."""
CARRIED_IN = ("F01", "F02", "F03", "F04")
REPORT = """
INSERT INTO qcdc.report (
    unit, form, period, revision, form_version, province, areas, unit_type, figures, on_time,
    due_at, first_received_at, received_at, accepted_at, source, submission_id
) VALUES (
    'U', $1, 'cal.2023', 1, 1, '37.1', '{37.1}', 'xa', $2, true,
    now(), now(), now(), now(), 's', 'i'
)
"""
TOTAL = """
INSERT INTO qcdc.total (
    area, form, period, unit_type, sums, reporting, about, reports, on_time, late
) VALUES ('37.1', $1, 'cal.2023', 'xa', $2, $3, $3, 1, 1, 0)
"""


@pytest.mark.parametrize("lacking", BEFORE)
@pytest.mark.parametrize("form", ["F01", "F02", "F03", "F04", "F05", "F06", "F07"])
async def test_rows_become_as_long_as_their_form(
    form: str, lacking: str, postgres_url: str, reference: ReferenceData
) -> None:
    """What no report could state is null, and nobody has reported it."""
    version = reference.catalogue.form(form, period("cal.2023"))
    assert version is not None
    width = len(version.cells)
    extended = [it.cells for it in version.extends]
    if lacking == "added" and form in CARRIED_IN:
        extended = extended[1:]
    before = extended[0] if extended else width
    await migrate(postgres_url, "qcdc", [it for it in MIGRATIONS if it.name < BEFORE[lacking]])
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute(REPORT, form, [7] * before)
        await connection.execute(TOTAL, form, [7] * before, [1] * before)
        await migrate(postgres_url, "qcdc", MIGRATIONS)
        report: Any = await connection.fetchrow("SELECT figures, form_version FROM qcdc.report")
        total: Any = await connection.fetchrow(
            "SELECT sums, reporting, at_least, about, at_most FROM qcdc.total"
        )
    finally:
        await connection.close()

    more = width - before
    assert tuple(report) == ([7] * before + [None] * more, 1)
    flags = [1] * before + [0] * more
    assert tuple(total) == ([7] * before + [0] * more, flags, None, flags, None)
