"""Signed figures stay as they were signed, and what becomes of them is published once."""

import asyncio
import hashlib
import json

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.aggregator.domain.layouts import Layouts
from services.aggregator.errors import CannotSign
from services.aggregator.store.postgres import PostgresLedger
from services.aggregator.usecases.announce import TotalsOutbox
from services.aggregator.usecases.count import count_reports
from services.aggregator.usecases.sign import SignOrder
from shared.contracts.topics import TOTALS
from shared.infra.postgres.database import Database
from shared.reference.reference_data import ReferenceData
from tests.builders.accepted_reports import ReportSubject, accepted, revision_of
from tests.eventually import eventually
from tests.integration.aggregator.asking import get
from tests.integration.aggregator.counting import Counting
from tests.integration.aggregator.publishing import ORDER, relayed, renderer, restatements, signed
from tools.qcdc import signing
from tools.qcdc.settings import OperatorSettings

SUBJECT = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


@pytest.fixture
def pending(reference: ReferenceData, layouts: Layouts) -> TotalsOutbox:
    """Return what waits to be announced."""
    return TotalsOutbox(renderer(reference, layouts))


async def test_signed_figures_stay_and_each_change_is_published_once(
    api: httpx.AsyncClient,
    database: Database,
    reference: ReferenceData,
    layouts: Layouts,
    pending: TotalsOutbox,
) -> None:
    """A late correction moves the total, not the snapshot; back again is published as well."""
    counting = Counting(database, layouts)
    await counting.count([accepted({"dvk_models_new": 421}, SUBJECT)])
    snapshot = await signed(database, reference)
    untouched = restatements(await relayed(database, pending))

    passes = []
    for revision, new in enumerate((430, 430, 421), start=2):
        await counting.count([accepted({"dvk_models_new": new}, SUBJECT, revision=revision)])
        async with database.transaction() as connection:
            lost = await pending.take(connection, TOTALS, 100)  # a crash before it was remembered
        passes.append([lost, await relayed(database, pending)])

    assert untouched == []
    (before, after), (_, same), (_, back) = passes
    (event,), (repeated,) = restatements(after), restatements(before)
    assert event.event_id == repeated.event_id
    assert restatements(same) == []
    (change,) = event.changes
    assert (change.indicator, change.before, change.after) == ("dvk_models_new", 421, 430)
    assert (event.checksum, event.number, event.document) == (snapshot.checksum, 1, ORDER.document)
    (event_back,) = restatements(back)
    assert (event_back.changes, event_back.number) == ((), 2)
    (waiting,) = [it for it in after if (it.key or b"").endswith(b"restated")]
    assert (waiting.key, waiting.partition) == (b"37.1|F05|cal.2023|restated", after[0].partition)
    answer = await get(api, "/v1/snapshots", unit="37.1")
    (kept,) = answer["snapshots"]
    assert (kept["checksum"], kept["valid"]) == (snapshot.checksum, True)
    text = json.dumps(kept["signed"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == snapshot.checksum
    assert [it["number"] for it in kept["restatements"]] == [1, 2]


async def test_late_report_restates_the_coverage(
    database: Database, reference: ReferenceData, layouts: Layouts, pending: TotalsOutbox
) -> None:
    """A report of nothing but noughts changes no figure, and who has reported all the same."""
    await signed(database, reference)
    await relayed(database, pending)

    await Counting(database, layouts).count([accepted({"dvk_models_new": None}, SUBJECT)])
    (event,) = restatements(await relayed(database, pending))

    assert event.changes == ()
    assert (event.coverage_before.reported, event.coverage_after.reported) == (0, 1)


async def test_signing_waits_for_reports_that_are_being_counted(
    database: Database, reference: ReferenceData, layouts: Layouts
) -> None:
    """Else one could be missing from the snapshot and from every restatement: it came before."""

    async def somebody_waits() -> bool:
        async with database.connection() as connection:
            return bool(await connection.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"))

    revision = revision_of(accepted({"dvk_models_new": 421}, SUBJECT), layouts)
    async with database.transaction() as connection:
        await count_reports(PostgresLedger(connection), [revision], layouts)
        waiting = asyncio.create_task(signed(database, reference))
        await eventually(somebody_waits)

    figures = json.loads((await waiting).signed)["figures"]
    (new,) = [it for it in figures if (it["indicator"], it["split"]) == ("dvk_models_new", {})]
    assert new["value"] == 421


async def test_signing_again_finds_the_same_snapshot(
    database: Database, reference: ReferenceData, layouts: Layouts, pending: TotalsOutbox
) -> None:
    """A document signs once; a later one signs anew, and from then on that is in force."""
    counting = Counting(database, layouts)
    await counting.count([accepted({"dvk_models_new": 1}, SUBJECT)])
    dry = await signed(database, reference, dry_run=True)
    first = await signed(database, reference)
    await counting.count([accepted({"dvk_models_new": 2}, SUBJECT, revision=2)])

    again = await signed(database, reference)
    later = await signed(database, reference, SignOrder("37.1", "F05", "cal.2023", "Báo cáo số 20"))
    sent = restatements(await relayed(database, pending))

    assert [it.state for it in (dry, first, again)] == ["would be signed", "signed", "was signed"]
    assert again.signed == first.signed != later.signed
    assert sent == []


async def test_what_was_signed_cannot_be_changed(
    database: Database, reference: ReferenceData
) -> None:
    """Not by us either: the table refuses."""
    await signed(database, reference)

    for statement in ("UPDATE snapshot SET checksum = ''", "DELETE FROM snapshot"):
        async with database.connection() as connection:
            with pytest.raises(asyncpg.RaiseError, match="never changed"):
                await connection.execute(statement)


@pytest.mark.parametrize(
    "order",
    [
        SignOrder("99.9", "F05", "cal.2023", "d"),
        SignOrder("37.1", "F99", "cal.2023", "d"),
        SignOrder("37.1", "F05", "cal.2023-M13", "d"),
        SignOrder("37.1", "F05", "cal.2023", " "),
        SignOrder("37.2", "F05", "cal.2099", "d"),
    ],
)
async def test_nothing_is_signed_that_is_not_there(
    order: SignOrder, database: Database, reference: ReferenceData
) -> None:
    """A unit, form or period that does not exist, or a period that has not ended."""
    with pytest.raises(CannotSign):
        await signed(database, reference, order)


async def test_operator_signs_figures(database: Database, postgres_url: str) -> None:
    """``qcdc close`` needs the ledger's database only; a dry run leaves nothing behind."""
    settings = OperatorSettings(aggregator_database=SecretStr(postgres_url))

    states = [
        (await signing.close(settings, ORDER, dry_run=dry_run)).state
        for dry_run in (True, False, False)
    ]

    assert states == ["would be signed", "signed", "was signed"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM snapshot") == 1
