"""
What travels over Kafka stays readable: schemas, golden messages, headers, the AsyncAPI document.

These files are what other systems rely on. A difference is a decision: run ``make docs`` to take
the new shape over, and raise the event's ``version`` first if it breaks those who read it.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import yaml
from pydantic import AwareDatetime

from shared.contracts.duties import IntakeCaughtUp
from shared.contracts.event import Event
from shared.contracts.reports import ReportAccepted
from shared.contracts.wire import encode, header_texts
from tools.generate.diagrams import fill
from tools.generate.events import event_classes, file_name
from tools.generate.files import ASYNCAPI, EXAMPLES, ROOT, SCHEMAS, differing, examples, wanted
from tools.generate.flow import FLOW
from tools.generate.schemas import frozen_schema

EVENTS = event_classes()
NAMES = frozenset(it.__name__ for it in EVENTS)
HINT = "run `make docs`; if the change breaks readers, raise the event's version first"
each_event = pytest.mark.parametrize("event", EVENTS, ids=lambda it: it.__name__)


def test_the_events_are_those_that_were_agreed() -> None:
    """A test over a list must not pass because the list is empty; DutyEvent never travels."""
    assert sorted(NAMES) == [
        "CalendarRevised",
        "CommitteeRecorded",
        "DirectoryRevised",
        "DutyBecameOverdue",
        "DutyExcused",
        "DutyMet",
        "DutyOpened",
        "DutyPostponed",
        "HandoverSubmitted",
        "IntakeCaughtUp",
        "NoticeSent",
        "ProvincialTotalsChanged",
        "ProvincialTotalsRestated",
        "RecordDeadLettered",
        "RegimePublished",
        "ReportAccepted",
        "ReportQuestioned",
        "ReportSubmitted",
        "ReportWithdrawalRequested",
        "ReportWithdrawn",
        "SubmissionAccepted",
        "SubmissionParked",
        "SubmissionRejected",
        "UnitRecorded",
    ]


@each_event
def test_schema_is_the_frozen_one(event: type[Event]) -> None:
    """Whoever reads our topics in another language holds on to this file."""
    frozen = json.loads((ROOT / SCHEMAS / file_name(event)).read_text(encoding="utf-8"))

    assert frozen_schema(event) == frozen, HINT


def test_every_frozen_schema_has_its_event() -> None:
    """A leftover file would promise an event that nobody sends."""
    files = {it.name for it in (ROOT / SCHEMAS).iterdir()}

    assert files == {file_name(it) for it in EVENTS}


@each_event
def test_golden_message_still_reads_and_is_written_alike(event: type[Event]) -> None:
    """A message of the first day must read on the last, and mean the same bytes."""
    golden = examples()[event.__name__]

    read = event.model_validate_json(_body(golden))
    message = encode(read, golden["headers"]["ce_source"])

    assert message.body == _body(golden)
    assert dict(message.headers) == {k: v.encode() for k, v in golden["headers"].items()}


def test_units_that_are_held_are_written_beside_the_watermark() -> None:
    """The notifier judges everybody else; where nobody is held the message is as it always was."""
    golden = examples()["IntakeCaughtUp"]
    held = {"source": "demo", "units": ["37.2"], "since": "2026-10-16T10:00:00Z"}
    body = json.dumps(golden["body"] | {"held": [held]}, separators=(",", ":")).encode()

    read = IntakeCaughtUp.model_validate_json(body)

    assert encode(read, "qcdc/intake").body == body
    assert read.held[0].units == ("37.2",)


def test_a_reader_ignores_what_a_newer_writer_adds() -> None:
    """Otherwise no field could ever be added while services run at different releases."""
    golden = examples()["ReportAccepted"]
    newer = json.dumps(golden["body"] | {"added_in_2027": {"deep": [1, None]}}).encode()

    assert ReportAccepted.model_validate_json(newer) == ReportAccepted.model_validate_json(
        _body(golden)
    )


@each_event
def test_headers_are_cloudevents_in_binary_mode(event: type[Event]) -> None:
    """CloudEvents 1.0, Kafka binding 3.2: attributes in ce_ headers, the body is plain JSON."""
    golden = examples()[event.__name__]
    read = event.model_validate_json(_body(golden))

    message = encode(read, "qcdc/intake", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    headers = header_texts(message.headers)

    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_id"] == read.event_id
    assert headers["ce_source"] == "qcdc/intake"
    assert headers["ce_type"] == event.type_name() == f"qcdc.{event.__name__}.v{event.version}"
    assert datetime.fromisoformat(headers["ce_time"]) == read.occurred_at
    assert urlparse(headers["ce_dataschema"]).scheme == "urn"
    assert headers["content-type"] == "application/json"
    assert headers["traceparent"].startswith("00-")
    assert json.loads(message.body)["event_id"] == read.event_id


@each_event
def test_every_event_is_in_the_asyncapi_document(event: type[Event]) -> None:
    """On exactly one channel, so that whoever finds the class finds its topic."""
    document = _asyncapi()

    places = [name for name, it in document["channels"].items() if event.__name__ in it["messages"]]

    assert len(places) == 1
    assert document["components"]["messages"][event.__name__]["name"] == event.type_name()
    assert event.__name__ in document["components"]["schemas"]


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    """A document with a broken reference opens in no tool."""
    document = _asyncapi()

    broken = [it for it in _references(document) if _resolve(document, it) is None]

    assert len(list(_references(document))) > len(EVENTS)
    assert broken == []


def test_the_asyncapi_headers_are_those_that_we_send() -> None:
    """The document is written beside ``encode``; here one is held against the other."""
    described = _asyncapi()["components"]["schemas"]["CloudEventsHeaders"]
    event = ReportAccepted.model_validate_json(_body(examples()["ReportAccepted"]))

    assert {name for name, _ in encode(event, "x").headers} == set(described["required"])
    assert {name for name, _ in encode(event, "x", "y").headers} == set(described["properties"])


def test_every_operation_names_a_service_and_its_side() -> None:
    """Send and receive come from the table of the flow, for each service that writes or reads."""
    operations = _asyncapi()["operations"]

    sends = {name for name, it in operations.items() if it["action"] == "send"}

    assert sends == {
        "intakeSendsReceipts",
        "intakeSendsReports",
        "intakeSendsWatermarks",
        "aggregatorSendsTotals",
        "notifierSendsDuties",
        *(f"{it}SendsDeadLetters" for it in ("intake", "aggregator", "notifier")),
    }
    assert set(operations) - sends == {
        "intakeReceivesSubmissions",
        "aggregatorReceivesReports",
        "notifierReceivesReports",
        "notifierReceivesWatermarks",
        *(f"{it}ReceivesDirectory" for it in ("intake", "aggregator", "notifier")),
    }


def test_the_table_of_the_flow_holds_every_event_once() -> None:
    """An event on no topic, or on two, is a mistake of the table."""
    placed = [event.__name__ for channel in FLOW for event in channel.events]

    assert sorted(placed) == sorted(NAMES)


def test_everything_generated_is_current() -> None:
    """Documents that are nearly right are worse than none."""
    assert [str(path) for path, _ in differing()] == [], HINT


def test_check_fails_on_a_difference(tmp_path: Path) -> None:
    """A guard that guards nothing is worse than none."""
    for path, text in wanted():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / EXAMPLES).mkdir()
    for file in (ROOT / EXAMPLES).iterdir():
        (tmp_path / EXAMPLES / file.name).write_bytes(file.read_bytes())
    assert list(differing(tmp_path)) == []

    (tmp_path / ASYNCAPI).write_text("asyncapi: 3.0.0\n", encoding="utf-8")
    (tmp_path / SCHEMAS / file_name(ReportAccepted)).unlink()

    assert {path for path, _ in differing(tmp_path)} == {
        ASYNCAPI,
        SCHEMAS / file_name(ReportAccepted),
    }


def test_the_command_says_so() -> None:
    """``--check`` is what a hook runs: it writes nothing and its exit code is the answer."""
    run = subprocess.run(
        [sys.executable, "-m", "tools.generate", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "current" in run.stdout


def test_an_unknown_mark_is_refused() -> None:
    """A misspelt mark would leave an old picture standing for ever."""
    text = "<!-- generated: flwo; run `make docs` -->\nold\n<!-- end -->\n"

    with pytest.raises(ValueError, match="flwo"):
        fill(text, {"flow": "new\n"})


def test_a_changed_contract_shows_in_its_schema() -> None:
    """Plant a change: one field more, and the frozen file no longer agrees."""

    class ReportAcceptedAndSigned(ReportAccepted):
        """A planted change."""

        signed_at: AwareDatetime

    planted = ReportAcceptedAndSigned.model_json_schema()

    assert "signed_at" in planted["required"]
    assert planted["properties"] != frozen_schema(ReportAccepted)["properties"]


def _body(golden: Mapping[str, Any]) -> bytes:
    """Write a golden body as the wire has it; the file itself is indented for people."""
    return json.dumps(golden["body"], ensure_ascii=False, separators=(",", ":")).encode()


def _asyncapi() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / ASYNCAPI).read_text(encoding="utf-8"))
    return document


def _references(node: object) -> list[str]:
    if isinstance(node, list):
        return [it for part in node for it in _references(part)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [it for part in node.values() for it in _references(part)]


def _resolve(document: object, reference: str) -> object:
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found
