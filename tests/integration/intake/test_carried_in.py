"""Rules R5, R6 and R16 from HTTP to the database: what a report is held against is kept there."""

from collections.abc import AsyncIterator, Mapping

import pytest

from tests.builders.intake_service import NOWHERE, Upstream, document, served

PERIOD = "nd09.2026-M08"
CASES = {"pib_violations_detected": 10, "pib_cases_carried_in": 5, "pib_cases_resolved": 13}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "F01": (
        *("guidance_documents_issued", "propaganda_sessions", "propaganda_attendances"),
        *("opinions_collected", "reception_visits", "petitions_received", "petitions_resolved"),
        *("dialogues_held", "land_donated_m2", "contributions_vnd", "work_days"),
    ),
    "F04": (
        *("propaganda_sessions", "propaganda_attendances", "opinions_collected"),
        *("dialogues_held", "social_criticism_conferences", "supervisions_217", "pib_boards"),
        *("pib_members", "pib_supervisions", "pib_violations_detected", "pib_cases_recommended"),
        *("pib_cases_resolved", "cisb_boards", "cisb_members", "cisb_projects_supervised"),
        *("oversight_boards_combined", "oversight_members_combined"),
    ),
}


@pytest.fixture
async def upstream(postgres_url: str) -> AsyncIterator[Upstream]:
    """Return an upstream system whose intake has no Kafka."""
    async with served(postgres_url, NOWHERE) as it:
        yield it


def report(form: str, figures: Mapping[str, object], period: str = PERIOD) -> dict[str, object]:
    """Return a submission of one commune; what it does not state is null."""
    required = dict.fromkeys(_REQUIRED[form])
    sent = document(0) | {"form": form, "period": period, "figures": {**required, **figures}}
    return sent | {"note": "Vụ việc năm 2025 chuyển sang theo sổ theo dõi."}


async def test_thirteen_of_ten_and_five_are_accepted(upstream: Upstream) -> None:
    """86,7 % was refused, and 130 % was what the rule wanted."""
    too_much = await upstream.post(report("F04", CASES | {"pib_resolution_rate": "130"}))
    true = await upstream.post(report("F04", CASES | {"pib_resolution_rate": "86.7"}))

    assert [it["code"] for it in too_much.json()["findings"]] == ["rate_agrees"]
    assert (true.status_code, true.json()["findings"]) == (201, [])


async def test_what_a_report_carried_in_is_kept(upstream: Upstream) -> None:
    """Of 5 + 10 cases 13 are settled: two go on, and a third is one too many."""
    await upstream.post(report("F04", CASES))

    def later(settled: int) -> dict[str, object]:
        figures = {"pib_violations_detected": 0, "pib_cases_resolved": settled}
        return report("F04", figures, "nd09.2026-M09")

    too_many = await upstream.post(later(3))
    fitting = await upstream.post(later(2))

    assert [it["code"] for it in too_many.json()["findings"]] == ["resolved_within_detected"]
    assert fitting.status_code == 201


async def test_two_forms_of_one_commune_are_held_against_each_other(upstream: Upstream) -> None:
    """Each comes in a transaction of its own."""
    await upstream.post(report("F04", {"dialogues_held": 2}))

    answer = await upstream.post(report("F01", {"dialogues_held": 1}))

    (finding,) = answer.json()["findings"]
    assert (answer.status_code, finding["code"], finding["severity"]) == (
        201,
        "same_figure_on_other_form",
        "warn",
    )
