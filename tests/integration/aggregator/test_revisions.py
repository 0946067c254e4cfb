"""The history of a report."""

import httpx

from services.aggregator.domain.layouts import Layouts
from shared.infra.postgres.database import Database
from tests.builders.accepted_reports import DAY, ReportSubject, accepted, withdrawn
from tests.integration.aggregator.asking import get
from tests.integration.aggregator.counting import Counting

SUBJECT = ReportSubject("FX-37.1-0001", ("FX-37.1-D02", "37.1"))


async def test_every_revision_says_what_it_changed(
    api: httpx.AsyncClient, database: Database, layouts: Layouts
) -> None:
    """Before and after, cell by cell; taken back, nothing is stated any more."""
    await Counting(database, layouts).count(
        [
            accepted({"dvk_models_new": 421, "land_donated_m2": "12.5"}, SUBJECT),
            accepted(
                {"dvk_models_new": 421, "land_donated_m2": "13"},
                SUBJECT,
                revision=2,
                qualifiers={"dvk_models_new": "at_least"},
            ),
            accepted(
                {"dvk_models_new": 421, "land_donated_m2": "13"},
                SUBJECT,
                revision=3,
                qualifiers={"dvk_models_new": "at_least"},
                on_time=False,
                rejudged="Công văn\t17\\BCĐ",
            ),
            withdrawn(SUBJECT, revision=4),
        ]
    )

    answer = await get(api, "/v1/revisions", unit=SUBJECT.unit, form="F05", period="cal.2023")

    first, second, third, fourth = answer["revisions"]
    assert [(it["revision"], it["withdrawn"]) for it in answer["revisions"]] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert {it["indicator"]: it["after"] for it in first["changes"]} == {
        "dvk_models_new": 421,
        "land_donated_m2": "12.50",
    }
    assert {
        it["indicator"]: (it["before_display"], it["after_display"]) for it in second["changes"]
    } == {"dvk_models_new": ("421", "hơn 421"), "land_donated_m2": ("12,5 m²", "13 m²")}
    assert (third["rejudged"], third["changes"]) == ("Công văn\t17\\BCĐ", [])
    assert {it["after"] for it in fourth["changes"]} == {None}
    assert second["first_received_at"] == first["received_at"]
    assert second["received_at"] > first["received_at"] > DAY.isoformat()
    judged = [it["on_time"] for it in answer["revisions"]]
    assert judged == [True, True, False, None]
