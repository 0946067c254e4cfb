"""One code, two provinces: what was Long An's stays so, and is part of today's Tây Ninh."""

import pytest

from shared.contracts.topics import REPORTS, TOTALS
from shared.reference.periods import latest_closed
from tests.articles import read
from tests.end_to_end.acceptance.country import Country, until, until_equal
from tests.end_to_end.acceptance.place import LAST_DAY, LONG_AN, REFORM, TAY_NINH, TAY_NINH_TODAY
from tests.end_to_end.acceptance.writing import in_seconds, letter, models, today
from tools.demo.apportion import apportion, even
from tools.mail_catcher import CaughtMail

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

PERIOD = "cal.2023"
NEIGHBOUR = 40
"""What the old Tây Ninh reports here; no article says how many it had."""


def _stated() -> int:
    """Return the number of models that Long An's article states."""
    articles = read("scenarios", list[dict[str, object]])
    facts = next(it for it in articles if it["id"] == "long_an_2023")["facts"]
    assert isinstance(facts, list)
    value = next(it["value"] for it in facts if it["indicator"] == "dvk_models_total")
    assert isinstance(value, int)
    return value


@pytest.fixture(scope="module")
def stated(country: Country) -> int:
    """Let Long An report what its article states, and the Tây Ninh of then after it."""
    stated = _stated()
    for (unit, _), part in apportion(stated, even((it, PERIOD) for it in LONG_AN)).items():
        country.accepted(unit, PERIOD, models(part))
    until_equal(lambda: country.value("80.1", PERIOD), stated, "Long An's models")
    alone = country.figure("80.2", PERIOD, "current")
    assert (alone["value"], alone["reported_by"], alone["expected"]) == (stated, 3, 4)
    country.accepted(TAY_NINH, PERIOD, models(NEIGHBOUR))
    until_equal(lambda: country.value("72.1", PERIOD), NEIGHBOUR, "the models of old Tây Ninh")
    return stated


def test_today_s_tay_ninh_holds_what_long_an_reported(country: Country, stated: int) -> None:
    """The old total is in the new one, and stays where it was; the country adds up alike."""
    found = country.figure("80.2", PERIOD, "current")

    assert (found["value"], found["made_of"]) == (stated + NEIGHBOUR, ["72.1", "80.1"])
    assert (found["reported_by"], found["expected"]) == (4, 4)
    assert country.figure("80.1", PERIOD)["display"] == str(stated)
    assert country.value("80001.2", PERIOD, "current") == stated


def test_no_question_takes_one_for_the_other(country: Country, stated: int) -> None:
    """Totals, coverage, lists, units and revisions: each key answers for itself alone."""
    today_s = country.figure("80.2", PERIOD)
    assert (today_s["value"], today_s["display"], today_s["expected"]) == (None, "–", 0)
    ended = country.asked("/v1/totals", unit="80.1", period=PERIOD, view="current")
    assert (ended["status"], ended["type"].rpartition(":")[2]) == (409, "unit_ended")
    assert "Tây Ninh" in ended["detail"]
    assert country.coverage("80.1", PERIOD)["expected"] == len(LONG_AN)
    assert country.coverage("80.2", PERIOD)["expected"] == 0
    late = {
        key: [
            it["unit"]
            for it in country.ask("/v1/late", unit=key, period=PERIOD, form="F05")["units"]
        ]
        for key in ("80.1", "80.2")
    }
    assert (sorted(late["80.1"]), late["80.2"]) == (sorted(LONG_AN), [])
    (first,) = country.ask("/v1/revisions", unit=LONG_AN[0], form="F05", period=PERIOD)["revisions"]
    assert first["changes"][0]["after"] <= stated
    nobody = country.asked("/v1/revisions", unit="80001.2", form="F05", period=PERIOD)
    assert not nobody.get("revisions")


def test_a_code_means_something_only_on_a_day(country: Country) -> None:
    """80 on the last day of June 2025, and on the first of July."""

    def meant(day: str) -> tuple[str, str]:
        found = country.ask("/v1/units", official_code="80", level="province", on=day)["unit"]
        return found["key"], found["name"]

    assert meant(LAST_DAY) == ("80.1", "Tỉnh Long An")
    assert meant(REFORM) == ("80.2", "Tỉnh Tây Ninh")
    old, new = (country.ask(f"/v1/units/{key}") for key in ("80.1", "80.2"))
    assert (old["unit"]["name"], old["exists"]) == ("Tỉnh Long An", False)
    assert [it["key"] for it in old["answers_for"]] == ["80.2"]
    assert [it["unit"]["key"] for it in new["predecessors"]] == ["72.1", "80.1"]


def test_no_event_takes_one_for_the_other(country: Country, stated: int) -> None:
    """What is published of 2023 is Long An's, under its own key."""

    def totals() -> dict[str, object]:
        found: dict[str, object] = {}
        for kind, key, body in country.events(TOTALS):
            if kind == "qcdc.ProvincialTotalsChanged.v1" and key.endswith(f"|F05|{PERIOD}"):
                its = [it for it in body["figures"] if it["indicator"] == "dvk_models_total"]
                found[key] = (body["province"], its[0]["value"])
        return found

    wanted = {
        f"72.1|F05|{PERIOD}": ("72.1", NEIGHBOUR),
        f"80.1|F05|{PERIOD}": ("80.1", stated),
    }
    until_equal(totals, wanted, "the totals that are told")
    of_long_an = {
        (key, *body["path"])
        for _, key, body in country.events(REPORTS)
        if body.get("unit") in LONG_AN and body["period"] == PERIOD
    }
    assert of_long_an == {("80.1", "80.1")}


def test_what_is_signed_of_one_is_not_signed_of_the_other(country: Country, stated: int) -> None:
    """A closing names its unit by key, name and dates."""
    country.close("80.1", PERIOD, "Biên bản Long An")

    (signed,) = country.ask("/v1/snapshots", unit="80.1")["snapshots"]
    unit = signed["signed"]["unit"]
    assert (unit["key"], unit["name"], unit["valid_to"]) == ("80.1", "Tỉnh Long An", LAST_DAY)
    figures = signed["signed"]["figures"]
    total = next(it for it in figures if it["indicator"] == "dvk_models_total" and not it["split"])
    assert total["value"] == stated
    assert country.ask("/v1/snapshots", unit="80.2")["snapshots"] == []


def test_no_mail_takes_one_for_the_other(country: Country) -> None:
    """Each committee is told of its own communes: those of then, and those of today."""
    month = latest_closed("cal", "month", today()).code
    addresses = {"80.1": "long-an@example.vn", "80.2": "tay-ninh@example.vn"}
    country.apply(
        long_an=letter("long-an", "80.1", "cal.2024-H1", in_seconds(1), addresses["80.1"]),
        tay_ninh=letter("tay-ninh", "80.2", month, in_seconds(1), addresses["80.2"]),
    )

    def caught() -> dict[str, CaughtMail]:
        found = {it.to: it for it in country.mailbox.mails}
        return found if len(found) == len(addresses) else {}

    mails = until(caught, "a digest for each committee")
    old, new = (
        next(it for to, it in mails.items() if address in to) for address in addresses.values()
    )
    assert all(f"Đảng ủy xã cũ {it.partition('.')[0]}" in old.text for it in LONG_AN)
    assert all(f"Đảng ủy xã mới {it.partition('.')[0]}" in new.text for it in TAY_NINH_TODAY)
    assert "Long An" in old.subject + old.text
    assert "Long An" not in new.subject + new.text
    assert "xã cũ" not in new.text
    notices = country.ask("/v1/notices", service="notifier")["notices"]
    named = {it["committee"]: {unit["unit"] for unit in it["units"]} for it in notices}
    assert (named["long-an"], named["tay-ninh"]) == (set(LONG_AN), set(TAY_NINH_TODAY))
