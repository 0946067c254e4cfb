"""The clients that others copy, used as their readers will: against three running services."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.kafka_client import UpstreamProducer, Verdict, verdicts
from tests.end_to_end.acceptance.country import SOURCE, Country
from tests.end_to_end.acceptance.place import COMMUNES
from tests.end_to_end.acceptance.writing import models, whole
from tools.deployment.deployment import REPOSITORY
from tools.stack.waiting import blocking

PERIOD = "cal.2024-H1"


def report(event_id: str, unit: str, **figures: int) -> Mapping[str, Any]:
    """Write a report of a commune."""
    return {
        "event_id": event_id,
        "occurred_at": "2024-07-03T09:14:07+07:00",
        "unit": unit,
        "form": "F05",
        "period": PERIOD,
        "figures": whole("F05", figures or models(3)),
    }


def send_report(
    folder: Path, document: Mapping[str, Any], *options: str
) -> subprocess.CompletedProcess[str]:
    """Run the script as its README says."""
    file = folder / "report.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "examples.send_report", str(file), *options],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def over_http(country: Country) -> tuple[str, ...]:
    """Return the options for HTTP."""
    deployment = country.deployment
    return "--key", deployment.keys[SOURCE], "--url", deployment.url("intake")


def over_kafka(country: Country) -> tuple[str, ...]:
    """Return the options for Kafka."""
    return "--kafka", country.deployment.kafka, "--source", SOURCE


@pytest.mark.parametrize("way", [over_http, over_kafka])
def test_a_report_is_accepted_however_often_it_is_sent(
    country: Country, tmp_path: Path, way: Any
) -> None:
    """Over both ways, and the second time with the first answer."""
    unit = COMMUNES[0] if way is over_http else COMMUNES[1]
    document = report(f"vi-du-{way.__name__}", unit)

    first, second = (send_report(tmp_path, document, *way(country)) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout
    assert "ccepted revision 1" in first.stdout


@pytest.mark.parametrize("way", [over_http, over_kafka])
def test_a_refusal_says_why_in_vietnamese(country: Country, tmp_path: Path, way: Any) -> None:
    """For the person who wrote the report."""
    wrong = {"dvk_models_opening": 1, "dvk_models_new": 1, "dvk_models_removed": 0}
    document = report(f"vi-du-sai-{way.__name__}", COMMUNES[2], **wrong, dvk_models_total=9)

    sent = send_report(tmp_path, document, *way(country))

    assert sent.returncode == 1
    assert "reject figures.dvk_models_total: “Tổng số mô hình, điển hình” (9)" in sent.stdout


def test_a_changed_report_under_a_used_id_is_refused_over_kafka(
    country: Country, tmp_path: Path
) -> None:
    """An earlier verdict of the same id must not be taken for the answer."""
    document = report("vi-du-trung", COMMUNES[5])
    figures = {**document["figures"], "work_days": 77}

    first = send_report(tmp_path, document, *over_kafka(country))
    second = send_report(tmp_path, {**document, "figures": figures}, *over_kafka(country))

    assert (first.returncode, second.returncode) == (0, 1), first.stderr + second.stderr
    assert "SubmissionRejected" in second.stdout


def test_an_unknown_source_is_no_traceback(country: Country, tmp_path: Path) -> None:
    """Its topics do not exist; nothing is sent and nobody waits a minute."""
    options = ("--kafka", country.deployment.kafka, "--source", "khong-co")

    sent = send_report(tmp_path, report("vi-du-nguon", COMMUNES[2]), *options)

    assert sent.returncode == 1
    assert "NoTopic: qcdc.receipts.khong-co.v1 does not exist" in sent.stderr
    assert "Traceback" not in sent.stderr


def test_a_wrong_key_is_one_line(country: Country, tmp_path: Path) -> None:
    """Not a traceback."""
    url = country.deployment.url("intake")

    sent = send_report(tmp_path, report("vi-du-khoa", COMMUNES[2]), "--key", "x", "--url", url)

    assert sent.returncode == 1
    assert sent.stderr.startswith("RequestRefused: ")
    assert sent.stderr.count("\n") == 1


def test_many_over_kafka_are_answered_and_can_be_taken_back(country: Country) -> None:
    """Those of one unit in order: the withdrawal comes after what it withdraws."""
    first, second = report("nhieu-1", COMMUNES[3]), report("nhieu-2", COMMUNES[4])
    slot = {it: first[it] for it in ("occurred_at", "unit", "form", "period")}
    withdrawal = {"event_id": "nhieu-1.rut", **slot, "reason": "Nhầm kỳ"}

    async def work() -> dict[str, Verdict]:
        kafka, found = country.deployment.kafka, dict[str, Verdict]()
        async with UpstreamProducer.connect(kafka, SOURCE) as intake:
            await intake.submit_many([first, second])
            await intake.withdraw_many([withdrawal])
        async with verdicts(kafka, SOURCE, group="nhieu") as receipts:
            async for verdict in receipts:
                found[verdict.submission_id] = verdict
                if {"nhieu-1", "nhieu-2", "nhieu-1.rut"} <= found.keys():
                    break
        return found

    found = blocking(work())

    ours = {name: it for name, it in found.items() if name.startswith("nhieu")}
    assert {it.kind for it in ours.values()} == {"SubmissionAccepted"}
    assert ours["nhieu-1.rut"].content["revision"] == 2
