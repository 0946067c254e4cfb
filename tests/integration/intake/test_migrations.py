"""A database of the release before: what it holds is taken over, and nothing is made up."""

import asyncpg

from services.intake.app import MIGRATIONS
from shared.infra.postgres.migrate import migrate

OLD = [it for it in MIGRATIONS if it.name < "service/0002"]
ENTRIES = """
INSERT INTO qcdc.journal (source, event_id, content_hash, kind, body, received_at, verdict,
    findings, unit, form, period, unchanged, revision, form_version)
SELECT source, id, 'h', kind, '{}', now(), 'accepted', '[]', unit, 'F05', 'cal.2023', unchanged,
    revision, 1
FROM (VALUES
    ('demo', 'a', 'submission', 'U', false, 1),
    ('demo', 'b', 'submission', 'U', false, 2),
    ('late', 'c', 'submission', 'U', true, 2),
    ('demo', 'd', 'submission', 'V', false, 1),
    ('demo', 'w', 'withdrawal', 'V', false, 2)
) AS entry (source, id, kind, unit, unchanged, revision);
INSERT INTO qcdc.slot (unit, form, period, regime, kind, first_day, last_day, revision)
SELECT unit, 'F05', 'cal.2023', 'cal', 'year', '2023-01-01', '2023-12-31', revision
FROM (VALUES ('U', 2), ('V', 2), ('W', 0)) AS slot (unit, revision);
UPDATE qcdc.slot
SET figures_hash = 'h', first_received_at = now(), due_at = now(), deadline_rule = 'r',
    on_time = true
WHERE unit = 'U'
"""
SLOTS = """
SELECT unit, revision, content_revision, source, event_id, form_version, figures
FROM qcdc.slot ORDER BY unit
"""


async def test_slots_learn_who_filled_them(postgres_url: str) -> None:
    """Figures stay unknown, so rules across periods are silent until the next report."""
    await migrate(postgres_url, "qcdc", OLD)
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute(ENTRIES)
        await migrate(postgres_url, "qcdc", MIGRATIONS)
        slots = [tuple(it) for it in await connection.fetch(SLOTS)]
    finally:
        await connection.close()

    assert slots == [
        ("U", 2, 2, "demo", "b", 1, None),
        ("V", 2, 2, None, None, None, None),
    ]
