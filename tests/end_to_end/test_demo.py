"""
``make demo`` as its user sees it: the published figures come out, and one honest mail.

The expected figures are read from ``tests/articles/golden.yaml``, never from the demo's own files.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.articles import read
from tools.deployment.deployment import REPOSITORY
from tools.stack.ports import HOST, free_ports
from tools.stack.waiting import wait_until

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(400)]
READY_SECONDS_MAX = 240
END_SECONDS_MAX = 60

Figure = dict[str, object]

SINCE_2021, SINCE_2022 = "hanoi.20210101-20231212", "hanoi.20220101-20231212"
STAGE = "longan.20210101-20231231"


@dataclass(frozen=True)
class Demo:
    """A demo that called itself ready, and all that it printed."""

    process: subprocess.Popen[str]
    port: int
    printed: str

    def get(self, offset: int, path: str, **params: str) -> dict[str, object]:
        """Ask one of the demo's addresses, counted from its base port."""
        answer = httpx.get(
            f"http://{HOST}:{self.port + offset}{path}", params=params, timeout=20, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json()) if isinstance(answer.json(), dict) else {"": answer.json()}

    def totals(self, **params: str) -> dict[str, Figure]:
        """Return the figures that are no split's, by indicator."""
        figures = self.get(0, "/v1/totals", **params)["figures"]
        assert isinstance(figures, list)
        assert all(it["reported_by"] <= it["expected"] for it in figures)
        return {it["indicator"]: it for it in figures if not it["split"]}


def _base_port() -> int:
    while True:
        base = free_ports(1)[0]
        if base + 3 < 32_768:
            return base


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start the demo once, as ``make demo`` does, on a stack of its own."""
    port = _base_port()
    log = tmp_path_factory.mktemp("demo") / "printed.txt"
    local = {"QCDC_DEMO_PORT": str(port), "QCDC_KAFKA": "", "QCDC_PG_URL": ""}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo"],
            cwd=REPOSITORY,
            env=os.environ | local,  # noqa: TID251 - the demo runs where the test runs
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Demo(process, port, _until_ready(process, log))
        process.send_signal(signal.SIGTERM)
        process.wait(END_SECONDS_MAX)
    finally:
        process.kill()
        process.wait()


def _until_ready(process: subprocess.Popen[str], log: Path) -> str:
    def look() -> None:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        if "\nready: " not in log.read_text(encoding="utf-8"):
            raise OSError("it has not called itself ready yet")

    wait_until(look, what="the demo is not ready", seconds_max=READY_SECONDS_MAX)
    return log.read_text(encoding="utf-8")


def stated(scenario: str, block: str | None = None) -> Iterator[tuple[str, object]]:
    """Yield the figures that an article states, with the value it gives; null is stated too."""
    articles = read("scenarios", list[dict[str, object]])
    found = next(it for it in articles if it["id"] == scenario)
    if block is not None:
        blocks = found["blocks"]
        assert isinstance(blocks, list)
        found = next(it for it in blocks if it["id"] == block)
    facts = found["facts"]
    assert isinstance(facts, list)
    for fact in facts:
        if "split" not in fact and not str(fact["indicator"]).startswith("awards"):
            yield fact["indicator"], fact["value"]


@pytest.mark.parametrize(
    ("scenario", "block", "question"),
    [
        ("ha_noi_2021_2023", "front_2021_to_date", {"unit": "01.1", "period": SINCE_2021}),
        ("ha_noi_2021_2023", "communes_2022_to_date", {"unit": "01.1", "period": SINCE_2022}),
        ("ha_noi_2021_2023", "online_conference", {"unit": "01.1", "period": SINCE_2021}),
        ("ha_noi_2021_2023", "indices_2022", {"unit": "01.1", "period": "cal.2022"}),
        ("ninh_binh_2023", None, {"unit": "37.1", "period": "cal.2023"}),
    ],
)
def test_published_figures_come_out(
    demo: Demo, scenario: str, block: str | None, question: dict[str, str]
) -> None:
    """Figures of the article, spread over hundreds of units, sent both ways, added up."""
    found = demo.totals(**question)

    expected = dict(stated(scenario, block))
    assert expected
    assert {it: found[it]["value"] for it in expected} == expected


def test_district_that_ended_stays_readable(demo: Demo) -> None:
    """TP Hà Tĩnh was a district until 30/6/2025; its five years are still there."""
    found = demo.totals(unit="D436.1", period="tphatinh.20170512-20220516")

    counted = dict(stated("ha_tinh_city_2017_2022"))
    del counted["plan_task_groups"]  # of the committee's plan, which no form of a commune asks for
    assert {it: found[it]["value"] for it in counted} == counted


@pytest.mark.parametrize(
    ("unit", "period", "form", "units"),
    [
        ("37.1", "cal.2023", "F05", 151),
        ("01.1", "hanoi.20220101-20231212", "F04", 579),
        ("D436.1", "tphatinh.20170512-20220516", "F04", 15),
        ("80.1", "cal.2023", "F05", 203),
    ],
)
def test_history_entered_after_the_fact_is_late_nowhere(
    demo: Demo, unit: str, period: str, form: str, units: int
) -> None:
    """151 units of Ninh Bình did not report 2023 late; nobody could report it here in 2024."""
    question = {"unit": unit, "period": period, "form": form}

    coverage = demo.get(0, "/v1/coverage", **question)
    late = demo.get(0, "/v1/late", **question)

    counts = ("expected", "reported", "backfilled", "on_time", "late", "missing")
    assert [coverage[it] for it in counts] == [units, units, units, 0, 0, 0]
    assert late["units"] == []


def test_figures_are_written_as_people_write_them(demo: Demo) -> None:
    """The displays that the articles print."""
    since_2021 = demo.totals(unit="01.1", period=SINCE_2021)
    since_2022 = demo.totals(unit="01.1", period=SINCE_2022)
    ha_noi = demo.totals(unit="01.1", period="cal.2022", compare_with="cal.2021")
    ninh_binh = demo.totals(unit="37.1", period="cal.2023")

    assert since_2022["pib_supervisions"]["display"] == "12.567"
    assert since_2022["pib_resolution_rate"]["display"] == "92,3%"
    assert since_2021["online_delegates"]["display"] == "hơn 20.000"
    assert ha_noi["par_index_score"]["display"] == "89,58"
    assert (ha_noi["par_index_rank"]["display"], ha_noi["par_index_rank"]["out_of"]) == ("3/63", 63)
    rank = ha_noi["par_index_rank"]["change"]
    assert isinstance(rank, dict)
    assert rank["display"] == "tăng 7 bậc so với năm 2021"
    assert ninh_binh["dvk_models_total"]["display"] == "1.635"
    assert ninh_binh["dvk_models_removed"]["display"] == "–"


def test_awards_keep_their_programmes_apart(demo: Demo) -> None:
    """
    Long An: 2 flags and 11 certificates of 2023; 10 and 21 certificates of the stage.

    Of 251 models that were recognised in the stage, and of its awards, none stands in a year.
    """
    both, own = "dan_chu_co_so+dan_van_kheo", "dan_van_kheo"

    awards = {it: _awards(demo, it) for it in ("cal.2021", "cal.2022", "cal.2023", STAGE)}

    assert awards == {
        "cal.2021": {},
        "cal.2022": {},
        "cal.2023": {
            ("awards_flag_collective", both): 2,
            ("awards_certificate_collective", both): 11,
        },
        STAGE: {
            ("awards_certificate_collective", own): 10,
            ("awards_certificate_individual", own): 21,
        },
    }
    of_stage = demo.totals(unit="80.1", period=STAGE)
    of_2023 = demo.totals(unit="80.1", period="cal.2023")
    assert of_stage["dvk_models_recognised"]["value"] == 251
    assert of_2023["dvk_models_recognised"]["value"] is None
    assert of_2023["dvk_models_total"]["value"] == 963


def _awards(demo: Demo, period: str) -> dict[tuple[object, object], object]:
    figures = _rows(demo.get(0, "/v1/totals", unit="80.1", period=period), "figures")
    return {
        (it["indicator"], split["programme"]): it["value"]
        for it in figures
        if isinstance(split := it["split"], dict)
        and split.get("award_level") == "province"
        and it["value"] is not None
    }


def test_one_digest_names_exactly_the_late_and_nothing_follows_their_reports(demo: Demo) -> None:
    """The notice, the caught mail and the late list agree; sending what is missing ends it."""
    period = re.search(r"period=(nd09\.\S+)", demo.printed)
    key = re.search(r"--key (\S+)", demo.printed)
    assert period
    assert key
    question = {"unit": "37.2", "form": "F05", "period": period[1]}
    listed = _rows(demo.get(0, "/v1/late", **question), "units")
    late = [it["unit"] for it in listed]
    notices = _rows(demo.get(2, "/v1/notices"), "notices")
    mails = _rows(demo.get(3, "/v1/mails"), "")

    subprocess.run(
        [sys.executable, "-m", "tools.demo.send_missing", "--key", key[1]],
        cwd=REPOSITORY,
        env=os.environ | {"QCDC_DEMO_PORT": str(demo.port)},  # noqa: TID251 - as above
        check=True,
        capture_output=True,
    )
    coverage = demo.get(0, "/v1/coverage", **question)

    assert late
    assert len(notices) == len(mails) == 1
    named = _rows(notices[0], "units")
    assert sorted(str(it["unit"]) for it in named) == sorted(map(str, late))
    assert all(str(it["reporting_body"]) in str(mails[0]["text"]) for it in listed)
    assert (coverage["expected"], coverage["reported"], coverage["late"]) == (129, 129, len(late))
    assert len(_rows(demo.get(3, "/v1/mails"), "")) == 1


def test_the_printed_command_sends_a_report_of_ones_own(demo: Demo) -> None:
    """The first thing that an engineer tries, and again, since nothing seems to have happened."""
    command = re.search(r"-m (examples\.send_report .*)", demo.printed)
    assert command

    first, second = (
        subprocess.run(
            [sys.executable, "-m", *command[1].split()],
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    )

    assert first == second == "accepted revision 1\n"
    figures = demo.totals(unit="01.2", period="nd09.2025-M10")
    assert figures["dvk_models_total"]["value"] == 15


def _rows(answer: dict[str, object], name: str) -> list[dict[str, object]]:
    rows = answer[name]
    assert isinstance(rows, list), json.dumps(answer, default=str)
    return rows
