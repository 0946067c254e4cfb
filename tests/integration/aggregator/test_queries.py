"""Every hot query finds its rows by an index, also when a year of reports is loaded."""

import pytest

from services.aggregator.store import (
    announcements,
    area_rows,
    ledger_reader,
    postgres,
    snapshots,
)
from shared.infra.postgres.database import Database

FORM, PERIOD, UNIT, AREA = "F05", "cal.2023-M03", "U100", "P3"
HOT = {
    "slots": (postgres.QUERIES["slots"], ([UNIT], [FORM], [PERIOD])),
    "totals": (postgres.QUERIES["totals"], ([FORM], [PERIOD], [AREA], ["xa"])),
    "supersede": (postgres.QUERIES["supersede"], ([UNIT], [FORM], [PERIOD], [1], [None])),
    "totals_of_areas": (area_rows.QUERIES["totals_of_areas"], ([AREA], [FORM], [PERIOD])),
    "reports_of_units": (area_rows.QUERIES["reports_of_units"], ([UNIT], [FORM], [PERIOD])),
    "reports_in_areas": (area_rows.QUERIES["reports_in_areas"], ([AREA], [FORM], [PERIOD], [AREA])),
    "reports_in_provinces": (area_rows.QUERIES["reports_in_provinces"], ([FORM], [PERIOD], [AREA])),
    "receipts_in_areas": (
        area_rows.QUERIES["receipts_in_areas"],
        ([AREA], [FORM], [PERIOD], [AREA]),
    ),
    "receipts_of_units": (area_rows.QUERIES["receipts_of_units"], ([UNIT], [FORM], [PERIOD])),
    "figures_of_cell": (
        ledger_reader.QUERIES["figures_of_cell"],
        (1, FORM, PERIOD, [AREA], [AREA], [UNIT]),
    ),
    "revisions": (ledger_reader.QUERIES["revisions"], (UNIT, FORM, PERIOD)),
    "periods_of_units": (ledger_reader.QUERIES["periods_of_units"], ([UNIT],)),
    "watermark": (ledger_reader.QUERIES["watermark"], ([AREA],)),
    "in_force": (snapshots.QUERIES["in_force"], ([AREA], [FORM], [PERIOD])),
    "forget": (announcements.QUERIES["forget"], ([AREA], [FORM], [PERIOD], [1])),
}
A_YEAR = """
INSERT INTO report SELECT 'U' || u, 'F05', 'cal.2023-M' || lpad(m::text, 2, '0'), 1, 1,
    'P' || u % 34, ARRAY['P' || u % 34], 'xa', array_fill(1::bigint, ARRAY[40]), NULL, NULL, true,
    now(), now(), now(), now() - make_interval(mins => u), NULL, 's', 'i'
FROM generate_series(1, 3321) AS u, generate_series(1, 12) AS m;
INSERT INTO total SELECT 'P' || a, 'F05', 'cal.2023-M' || lpad(m::text, 2, '0'), t,
    array_fill(1::bigint, ARRAY[40]), array_fill(1, ARRAY[40]), NULL, NULL, 1, 1, 0
FROM generate_series(0, 600) AS a, generate_series(1, 12) AS m, unnest('{xa,phuong}'::text[]) AS t;
INSERT INTO dirty_total (province, form, period)
SELECT DISTINCT area, form, period FROM total;
INSERT INTO snapshot SELECT area, form, period, 'd', area, now(), '', '{}' FROM dirty_total
    AS d (area, form, period);
INSERT INTO restatement SELECT unit, form, period, document, 1, '', now(), '{}' FROM snapshot;
ANALYZE
"""


@pytest.fixture
async def a_year(database: Database) -> Database:
    """Return a database with a year of today's communes, one form a month."""
    async with database.connection() as connection:
        await connection.execute(A_YEAR)
    return database


async def test_hot_queries_use_indexes(a_year: Database) -> None:
    """A sequential scan of a year of reports would take a hundred times as long."""
    async with a_year.connection() as connection:
        for name, (query, parameters) in HOT.items():
            rows = await connection.fetch(f"EXPLAIN {query}", *parameters)
            plan = "\n".join(row[0] for row in rows)
            assert "Seq Scan" not in plan, f"{name}:\n{plan}"
            assert "Index" in plan, f"{name}:\n{plan}"
