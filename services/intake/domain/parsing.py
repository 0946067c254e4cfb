"""
The first check: is the document a submission at all, field by field (rule R14).

The contract classes are the judge; their errors, and the tokens that ``strict_json`` refused,
become violations that name the field. Works in bounded time on a hostile document.
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
from services.intake.domain.old_encodings import old_encoding
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from services.intake.domain.violations import Violation, printable
from shared.contracts.reports import (
    HandoverSubmitted,
    ReportSubmitted,
    ReportWithdrawalRequested,
)
from shared.contracts.strict_json import RefusedToken
from shared.contracts.values import FormCode, PeriodCode, UnitKey
from shared.reference.plain_text import hidden_character

FIELDS_MAX = 50
CELLS_MAX = 500
REMARKS_MAX = 100

SubmissionEvent = ReportSubmitted | ReportWithdrawalRequested | HandoverSubmitted

_CLASSES: Mapping[SubmissionKind, type[SubmissionEvent]] = {
    SubmissionKind.SUBMISSION: ReportSubmitted,
    SubmissionKind.WITHDRAWAL: ReportWithdrawalRequested,
    SubmissionKind.HANDOVER: HandoverSubmitted,
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
    "from_areas": "bad_figures_by_area",
    "qualifiers": "bad_qualifiers",
    "entered_in": "bad_entry_units",
    "effective_on": "bad_day",
    "decision": "bad_text",
    "note": "bad_text",
    "reason": "bad_text",
}
_CODES_OF_CELLS = {
    "qualifiers": "bad_qualifier",
    "entered_in": "bad_entry_unit",
    "from_areas": "bad_figures_by_area",
}
_TEXTS = ("note", "reason", "decision")
_CELLS = ("figures", "openings", "qualifiers", "entered_in")
# RFC 3339; pydantic alone would also read a number of seconds as a time.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMES = {"unit": UnitKey, "form": FormCode, "period": PeriodCode}
_ADAPTERS = {name: TypeAdapter[str](annotation) for name, annotation in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class ParsedSubmission:
    """
    A submission whose structure was checked.

    ``report`` is None when there is any violation. ``content_hash`` tells a resend from another
    content under the same event id; what the headers claim is part of the content.
    """

    raw: RawSubmission
    report: SubmissionEvent | None
    violations: tuple[Violation, ...]
    content_hash: bytes
    unit: str | None
    form: str | None
    period: str | None


def parse_submission(raw: RawSubmission) -> ParsedSubmission:
    """Check the structure of a submission; every fault is a violation, never an exception."""
    envelope = list(_envelope(raw))
    report, problems = _validate(raw)
    violations = [*envelope, *problems]
    names = (
        (report.unit, report.form, report.period)
        if report
        else tuple(_name(raw.document, name) for name in _NAMES)
    )
    return ParsedSubmission(
        raw,
        None if violations else report,
        tuple(violations),
        _content_hash(raw, None if problems else report, envelope),
        *names,
    )


def _validate(raw: RawSubmission) -> tuple[SubmissionEvent | None, list[Violation]]:
    document = {name: _as_typed(name, it) for name, it in raw.document.items()}
    oversized = list(_oversized(document))
    if oversized:
        return None, oversized
    violations = {(it.code, it.field): it for it in _texts_and_time(document)}
    if not raw.time_required:
        document.setdefault("occurred_at", raw.received_at)
    report: SubmissionEvent | None = None
    try:
        report = _CLASSES[raw.kind].model_validate(document)
        found = _grouped(report)
    except ValidationError as problem:
        found = _explained(problem, document)
    for it in found:
        violations.setdefault((it.code, it.field), it)
    return report, _capped(list(violations.values()))


def _envelope(raw: RawSubmission) -> Iterator[Violation]:
    """Compare what headers and body claim with what the topic or the key says."""
    claimed = raw.claimed_source
    if claimed is not None and claimed.rpartition("/")[2] != raw.source:
        yield _mismatch("ce_source", claimed, raw.source)
    own = raw.document.get("source")
    if isinstance(own, str) and own != raw.source:
        yield _mismatch("source", own, raw.source)
    event_id = raw.document.get("event_id")
    if raw.claimed_id is not None and isinstance(event_id, str):  # noqa: SIM102 - two questions
        if event_id != raw.claimed_id:
            values = {"header": printable(raw.claimed_id), "body": printable(event_id)}
            yield Violation("event_id_mismatch", "event_id", values)


def _mismatch(field: str, claimed: str, source: str) -> Violation:
    return Violation("source_mismatch", field, {"claimed": printable(claimed), "source": source})


def _oversized(document: Mapping[str, Any]) -> Iterator[Violation]:
    """Stop a document whose mere number of keys would keep the process busy."""
    if len(document) > FIELDS_MAX:
        yield Violation("too_many_fields", "", {"count": len(document), "most": FIELDS_MAX})
    areas = document.get("from_areas")
    by_area = areas if isinstance(areas, dict) else {}
    sets_of_cells = [(name, document.get(name)) for name in _CELLS]
    sets_of_cells.append(("from_areas", by_area))
    sets_of_cells += [("from_areas", it) for it in list(by_area.values())[:CELLS_MAX]]
    for name, cells in sets_of_cells:
        if isinstance(cells, dict) and len(cells) > CELLS_MAX:
            yield Violation("too_many_figures", name, {"count": len(cells), "most": CELLS_MAX})


def _as_typed(name: str, value: object) -> object:
    """Return a text with the line ends and blanks meant: Windows writes CR LF and tabs."""
    if name in _TEXTS and isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return value


def _texts_and_time(document: Mapping[str, Any]) -> Iterator[Violation]:
    for name in _TEXTS:
        text = document.get(name)
        if isinstance(text, str):
            yield from _text(name, text)
    if "occurred_at" in document and not _is_time(document["occurred_at"]):
        yield _about("bad_time", "occurred_at", document["occurred_at"])
    if "effective_on" in document and not _is_day(document["effective_on"]):
        yield _about("bad_day", "effective_on", document["effective_on"])


def _text(name: str, text: str) -> Iterator[Violation]:
    if hidden := hidden_character(text):
        if encoding := old_encoding(text):  # TCVN3 has a soft hyphen for ư
            yield Violation("old_encoding", name, {"encoding": encoding})
            return
        yield Violation("control_character", name, {"character": f"U+{ord(hidden):04X}"})
    elif not unicodedata.is_normalized("NFC", text):
        yield Violation("not_nfc", name)


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _explained(problem: ValidationError, document: Mapping[str, Any]) -> Iterator[Violation]:
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        where = [str(part) for part in error["loc"]]
        yield _violation(where, error["type"], document)


def _grouped(report: SubmissionEvent) -> Iterator[Violation]:
    """Refuse "1.635" where nobody asked for decimals: it is how Vietnamese writes 1635."""
    if isinstance(report, ReportSubmitted):
        stated = [("figures", report.figures)]
    elif isinstance(report, HandoverSubmitted):
        areas = report.from_areas.items()
        stated = [("openings", report.openings), *((f"from_areas.{a}", it) for a, it in areas)]
    else:
        return
    entered_in = report.entered_in if isinstance(report, ReportSubmitted) else {}
    for place, figures in stated:
        for key, value in figures.items():
            if isinstance(value, str) and is_grouped(value) and key not in entered_in:
                yield _about("thousands_separator", f"{place}.{key}", value)


def _violation(where: list[str], problem: str, document: Mapping[str, Any]) -> Violation:
    """Turn one error of the contract class into a code at a field."""
    name = where[0] if where else ""
    value = document.get(name)
    if len(where) > 1 and isinstance(value, dict):
        inner = value.get(where[1])
        nested = name == "from_areas" and len(where) > 2  # noqa: PLR2004 - area and cell
        if nested and isinstance(inner, dict):
            name, value, where = f"{name}.{printable(where[1])}", inner, where[1:]
        field = f"{name}.{printable(where[1])}"
        return _cell_remark(name, field, value.get(where[1]), key_is_wrong=where[-1] == "[key]")
    field = printable(name)
    if problem == "missing":
        return Violation("missing_field", field)
    if problem == "extra_forbidden":
        return _about("unknown_field", field, value)
    return _about(_CODES.get(name, "bad_text"), field, value)


def _cell_remark(name: str, field: str, value: object, *, key_is_wrong: bool) -> Violation:
    if key_is_wrong:
        return Violation("bad_cell", field)
    return _about(_CODES_OF_CELLS.get(name) or figure_code(value), field, value)


def _about(code: str, field: str, value: object) -> Violation:
    """Say what is wrong with a value; a token that was refused already knows."""
    if isinstance(value, RefusedToken):
        return Violation(value.why, field, {"value": printable(value.text)})
    shown = "" if isinstance(value, dict | list) else printable(value)
    return Violation(code, field, {"value": shown})


def _capped(violations: list[Violation]) -> list[Violation]:
    if len(violations) <= REMARKS_MAX:
        return violations
    rest = Violation("more_findings", "", {"count": len(violations) - REMARKS_MAX})
    return [*violations[:REMARKS_MAX], rest]


def _name(document: Mapping[str, Any], name: str) -> str | None:
    """Return what a malformed submission says it is about, if at least that is well formed."""
    try:
        return _ADAPTERS[name].validate_python(document.get(name))
    except ValidationError:
        return None


def _content_hash(
    raw: RawSubmission, report: SubmissionEvent | None, envelope: list[Violation]
) -> bytes:
    digest = hashlib.sha256()
    if report is None:
        digest.update(b"raw:" + raw.body)
    else:
        digest.update(json.dumps(_content(report), sort_keys=True).encode())
    for it in envelope:
        digest.update(f"\n{it.code} {it.field} {it.values}".encode())
    return digest.digest()


def _content(report: SubmissionEvent) -> list[object]:
    """
    Return what a submission says, without who says it when.

    What older submissions could not say is left out when empty: a resend must hash as it did.
    """
    slot = [report.unit, report.form, report.period]
    if isinstance(report, ReportSubmitted):
        entered = [report.entered_in] if report.entered_in else []
        figures = [report.figures, report.qualifiers, report.note, *entered]
        return [SubmissionKind.SUBMISSION, *slot, *figures]
    if isinstance(report, HandoverSubmitted):
        effective_on = report.effective_on.isoformat()
        areas = [report.from_areas] if report.from_areas else []
        stated = [effective_on, report.decision, report.openings, *areas]
        return [SubmissionKind.HANDOVER, *slot, *stated]
    return [SubmissionKind.WITHDRAWAL, *slot, report.reason]
