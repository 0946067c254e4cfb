"""
The first check: is the document a submission at all, field by field (rule R14).

The contract classes are the judge; their errors, and the tokens that ``strict_json`` refused,
become remarks that name the field. Works in bounded time on a hostile document.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.intake.domain.figure_text import figure_code, is_grouped
from services.intake.domain.submissions import Arrived, Kind
from services.intake.domain.violations import Remark, printable
from shared.contracts.reports import (
    HandoverSubmitted,
    ReportSubmitted,
    ReportWithdrawalRequested,
)
from shared.contracts.strict_json import RefusedToken
from shared.contracts.values import FormCode, PeriodCode, UnitKey

FIELDS_MAX = 50
CELLS_MAX = 500
REMARKS_MAX = 100

Report = ReportSubmitted | ReportWithdrawalRequested | HandoverSubmitted

_CLASSES: Mapping[Kind, type[Report]] = {
    Kind.SUBMISSION: ReportSubmitted,
    Kind.WITHDRAWAL: ReportWithdrawalRequested,
    Kind.HANDOVER: HandoverSubmitted,
}
_CODES = {
    "event_id": "bad_event_id",
    "occurred_at": "bad_time",
    "source": "bad_source",
    "unit": "bad_unit",
    "form": "bad_form",
    "period": "bad_period",
    "figures": "bad_figures",
    "openings": "bad_figures",
    "qualifiers": "bad_qualifiers",
    "entered_in": "bad_entry_units",
    "effective_on": "bad_day",
    "decision": "bad_text",
    "note": "bad_text",
    "reason": "bad_text",
}
_CODES_OF_CELLS = {"qualifiers": "bad_qualifier", "entered_in": "bad_entry_unit"}
_TEXTS = ("note", "reason", "decision")
_CELLS = ("figures", "openings", "qualifiers", "entered_in")
# RFC 3339; pydantic alone would also read a number of seconds as a time.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Controls, direction and zero-width marks, surrogates, private and unassigned characters,
# line and paragraph separators. A plain line feed is how people write two sentences.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAMES = {"unit": UnitKey, "form": FormCode, "period": PeriodCode}
_ADAPTERS = {name: TypeAdapter[str](annotation) for name, annotation in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """
    An arrival as far as its structure goes.

    ``report`` is None when any remark stands. ``content_hash`` tells a resend from another
    content under the same event id; what the headers claim is part of the content.
    """

    arrived: Arrived
    report: Report | None
    remarks: tuple[Remark, ...]
    content_hash: bytes
    unit: str | None
    form: str | None
    period: str | None


def read(arrived: Arrived) -> Reading:
    """Check the structure of an arrival; whatever is wrong becomes remarks, never an exception."""
    envelope = list(_envelope(arrived))
    report, problems = _validate(arrived)
    remarks = [*envelope, *problems]
    names = (
        (report.unit, report.form, report.period)
        if report
        else tuple(_name(arrived.document, name) for name in _NAMES)
    )
    return Reading(
        arrived,
        None if remarks else report,
        tuple(remarks),
        _content_hash(arrived, None if problems else report, envelope),
        *names,
    )


def _validate(arrived: Arrived) -> tuple[Report | None, list[Remark]]:
    document = dict(arrived.document)
    oversized = list(_oversized(document))
    if oversized:
        return None, oversized
    remarks = {(it.code, it.field): it for it in _texts_and_time(document)}
    if not arrived.time_required:
        document.setdefault("occurred_at", arrived.received_at)
    report: Report | None = None
    try:
        report = _CLASSES[arrived.kind].model_validate(document)
        found = _grouped(report)
    except ValidationError as problem:
        found = _explained(problem, document)
    for it in found:
        remarks.setdefault((it.code, it.field), it)
    return report, _capped(list(remarks.values()))


def _envelope(arrived: Arrived) -> Iterator[Remark]:
    """Compare what headers and body claim with what the topic or the key says."""
    claimed = arrived.claimed_source
    if claimed is not None and claimed.rpartition("/")[2] != arrived.source:
        yield _mismatch("ce_source", claimed, arrived.source)
    own = arrived.document.get("source")
    if isinstance(own, str) and own != arrived.source:
        yield _mismatch("source", own, arrived.source)
    event_id = arrived.document.get("event_id")
    if arrived.claimed_id is not None and isinstance(event_id, str):  # noqa: SIM102 - two questions
        if event_id != arrived.claimed_id:
            values = {"header": printable(arrived.claimed_id), "body": printable(event_id)}
            yield Remark("event_id_mismatch", "event_id", values)


def _mismatch(field: str, claimed: str, source: str) -> Remark:
    return Remark("source_mismatch", field, {"claimed": printable(claimed), "source": source})


def _oversized(document: Mapping[str, Any]) -> Iterator[Remark]:
    """Stop a document whose mere number of keys would keep the process busy."""
    if len(document) > FIELDS_MAX:
        yield Remark("too_many_fields", "", {"count": len(document), "most": FIELDS_MAX})
    for name in _CELLS:
        cells = document.get(name)
        if isinstance(cells, dict) and len(cells) > CELLS_MAX:
            yield Remark("too_many_figures", name, {"count": len(cells), "most": CELLS_MAX})


def _texts_and_time(document: Mapping[str, Any]) -> Iterator[Remark]:
    for name in _TEXTS:
        text = document.get(name)
        if isinstance(text, str):
            yield from _text(name, text)
    if "occurred_at" in document and not _is_time(document["occurred_at"]):
        yield _about("bad_time", "occurred_at", document["occurred_at"])
    if "effective_on" in document and not _is_day(document["effective_on"]):
        yield _about("bad_day", "effective_on", document["effective_on"])


def _text(name: str, text: str) -> Iterator[Remark]:
    unwanted = next(
        (it for it in text if it != "\n" and unicodedata.category(it) in _UNWANTED), None
    )
    if unwanted is not None:
        yield Remark("control_character", name, {"character": f"U+{ord(unwanted):04X}"})
    elif not unicodedata.is_normalized("NFC", text):
        yield Remark("not_nfc", name)


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _explained(problem: ValidationError, document: Mapping[str, Any]) -> Iterator[Remark]:
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        where = [str(part) for part in error["loc"]]
        yield _remark(where, error["type"], document)


def _grouped(report: Report) -> Iterator[Remark]:
    """Refuse "1.635" where nobody asked for decimals: it is how Vietnamese writes 1635."""
    if isinstance(report, ReportSubmitted):
        place, figures, entered_in = "figures", report.figures, report.entered_in
    elif isinstance(report, HandoverSubmitted):
        place, figures, entered_in = "openings", report.openings, {}
    else:
        return
    for key, value in figures.items():
        if isinstance(value, str) and is_grouped(value) and key not in entered_in:
            yield _about("thousands_separator", f"{place}.{key}", value)


def _remark(where: list[str], problem: str, document: Mapping[str, Any]) -> Remark:
    """Turn one error of the contract class into a code at a field."""
    name = where[0] if where else ""
    value = document.get(name)
    if len(where) > 1 and isinstance(value, dict):
        field = f"{name}.{printable(where[1])}"
        return _cell_remark(name, field, value.get(where[1]), key_is_wrong=where[-1] == "[key]")
    field = printable(name)
    if problem == "missing":
        return Remark("missing_field", field)
    if problem == "extra_forbidden":
        return _about("unknown_field", field, value)
    return _about(_CODES.get(name, "bad_text"), field, value)


def _cell_remark(name: str, field: str, value: object, *, key_is_wrong: bool) -> Remark:
    if key_is_wrong:
        return Remark("bad_cell", field)
    return _about(_CODES_OF_CELLS.get(name) or figure_code(value), field, value)


def _about(code: str, field: str, value: object) -> Remark:
    """Say what is wrong with a value; a token that was refused already knows."""
    if isinstance(value, RefusedToken):
        return Remark(value.why, field, {"value": printable(value.text)})
    shown = "" if isinstance(value, dict | list) else printable(value)
    return Remark(code, field, {"value": shown})


def _capped(remarks: list[Remark]) -> list[Remark]:
    if len(remarks) <= REMARKS_MAX:
        return remarks
    rest = Remark("more_findings", "", {"count": len(remarks) - REMARKS_MAX})
    return [*remarks[:REMARKS_MAX], rest]


def _name(document: Mapping[str, Any], name: str) -> str | None:
    """Return what a malformed submission says it is about, if at least that is well formed."""
    try:
        return _ADAPTERS[name].validate_python(document.get(name))
    except ValidationError:
        return None


def _content_hash(arrived: Arrived, report: Report | None, envelope: list[Remark]) -> bytes:
    digest = hashlib.sha256()
    if report is None:
        digest.update(b"raw:" + arrived.body)
    else:
        digest.update(json.dumps(_content(report), sort_keys=True).encode())
    for it in envelope:
        digest.update(f"\n{it.code} {it.field} {it.values}".encode())
    return digest.digest()


def _content(report: Report) -> list[object]:
    """
    Return what a submission says, without who says it when.

    What older submissions could not say is left out when empty: a resend must hash as it did.
    """
    slot = [report.unit, report.form, report.period]
    if isinstance(report, ReportSubmitted):
        entered = [report.entered_in] if report.entered_in else []
        figures = [report.figures, report.qualifiers, report.note, *entered]
        return [Kind.SUBMISSION, *slot, *figures]
    if isinstance(report, HandoverSubmitted):
        effective_on = report.effective_on.isoformat()
        return [Kind.HANDOVER, *slot, effective_on, report.decision, report.openings]
    return [Kind.WITHDRAWAL, *slot, report.reason]
