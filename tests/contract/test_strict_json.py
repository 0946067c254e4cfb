"""
The corpus of bodies whose figures must not be guessed.

Bytes that are no JSON document within our limits are ``Unreadable`` with a reason code. A token
that JSON allows and we do not becomes ``RefusedToken`` in its place, so that a finding names
the field.
"""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.domain.parsing import ParsedSubmission, parse_submission
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.contracts.strict_json import BODY_BYTES_MAX, RefusedToken, Unreadable, parse
from tools.generate.files import examples

SECONDS_PER_MEBIBYTE_MAX = 2.0
"""Far above the 0.05 s that we measured and far below what a quadratic parser would take."""

UNREADABLE: dict[str, tuple[bytes | None, str]] = {
    "tombstone": (None, "empty"),
    "nothing": (b"", "empty"),
    "byte order mark": (b'\xef\xbb\xbf{"unit": "37.2"}', "not_json"),
    "UTF-16": ('{"unit": "37.2"}'.encode("utf-16"), "not_utf8"),
    "UTF-16 without mark": ('{"unit": "37.2"}'.encode("utf-16-le"), "not_json"),
    "broken UTF-8": (b'{"note": "\xff\xfe"}', "not_utf8"),
    "overlong UTF-8": (b'{"note": "\xc0\xaf"}', "not_utf8"),
    "lone surrogate as bytes": (b'{"note": "\xed\xa0\x80"}', "not_utf8"),
    "not JSON": (b"F05;37.2;421", "not_json"),
    "truncated": (b'{"unit": "37.2", "figures": {"work_days": 3', "not_json"),
    "two documents": (b"{}{}", "not_json"),
    "trailing comma": (b'{"unit": "37.2",}', "not_json"),
    "raw control character": (b'{"note": "a\x00b"}', "not_json"),
    "single quotes": (b"{'unit': '37.2'}", "not_json"),
    "depth 100000 of arrays": (b"[" * 100_000, "too_deep"),
    "depth 100000 of objects": (b'{"a":' * 100_000, "too_deep"),
    "depth 100000, closed": (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    "over one mebibyte": (b'"' + b"a" * BODY_BYTES_MAX + b'"', "too_large"),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "NaN": (b"NaN", "not_a_number"),
    "Infinity": (b"Infinity", "not_a_number"),
    "minus infinity": (b"-Infinity", "not_a_number"),
    "1e400": (b"1e400", "decimal_not_text"),
    "exponent": (b"1e3", "decimal_not_text"),
    "decimal": (b"89.58", "decimal_not_text"),
    "decimal of 10000 digits": (b"0." + b"1" * 10_000, "decimal_not_text"),
    "minus zero": (b"-0", "negative_zero"),
    "minus zero decimal": (b"-0.0", "decimal_not_text"),
    "30 digits": (b"1" * 30, "too_many_digits"),
    "30 digits below zero": (b"-" + b"1" * 30, "too_many_digits"),
    "a million digits": (b"9" * 1_000_000, "too_many_digits"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_document_is_unreadable(name: str) -> None:
    """One reason code, no stack trace, and no guess at what the sender may have meant."""
    body, reason = UNREADABLE[name]

    with pytest.raises(Unreadable, match=f"^{reason}$"):
        parse(body)


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_we_do_not_take_stays_in_its_place(name: str) -> None:
    """So the finding can say which figure it was; the text is kept short."""
    token, reason = REFUSED[name]

    figures = parse(b'{"figures": {"work_days": ' + token + b', "dvk_models_new": 4}}')["figures"]

    assert isinstance(figures["work_days"], RefusedToken)
    assert figures["work_days"].why == reason
    assert len(figures["work_days"].text) <= 40
    assert figures["dvk_models_new"] == 4


def test_a_second_value_for_a_key_is_neither_taken_nor_dropped() -> None:
    """``json.loads`` keeps the last: a figure would be replaced without a word."""
    figures = parse(b'{"work_days": 3, "work_days": 4, "dvk_models_new": 1}')

    assert figures == {"work_days": RefusedToken("duplicate_key", "work_days"), "dvk_models_new": 1}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"0", 0),
        (b"-7", -7),
        (b"null", None),
        (b"true", True),
        (b"999999999999999999", 999_999_999_999_999_999),
        (b'"1.635"', "1.635"),
        ('"Phường Phủ Lý"'.encode(), "Phường Phủ Lý"),
        (b'"\\ud83d\\ude00"', "😀"),
    ],
)
def test_what_is_plain_reads_as_it_is(body: bytes, value: object) -> None:
    """Whether it may be a figure is for the contract to say; here nothing is changed."""
    assert parse(body) == value


def test_the_largest_body_is_read_in_bounded_time() -> None:
    """A hostile body must not stop the event loop: one mebibyte of keys, all of them repeated."""
    pair = b'"a":1,'
    body = b"{" + pair * ((BODY_BYTES_MAX - 8) // len(pair)) + b'"b":1}'
    assert len(body) <= BODY_BYTES_MAX

    begun = time.perf_counter()
    parse(body)

    assert time.perf_counter() - begun < SECONDS_PER_MEBIBYTE_MAX


ESCAPED: dict[str, str] = {
    "lone high surrogate": "\\ud800",
    "lone low surrogate": "\\udc00",
    "surrogates in the wrong order": "\\udc00\\ud800",
    "NUL": "\\u0000",
    "escape character": "\\u001b",
    "right-to-left override": "\\u202e",
    "zero-width space": "\\u200b",
}
"""Escapes are plain ASCII, so JSON is silent about them; intake's structure check is not."""


@pytest.mark.parametrize("name", ESCAPED)
@pytest.mark.parametrize("where", ["note", "unit", "event_id", "source", "occurred_at", "period"])
def test_an_escaped_character_that_no_register_takes_is_refused_by_intake(
    name: str, where: str
) -> None:
    """``parse`` lets it through, since it is valid JSON; the finding then names the field."""
    parsed = _read(where, f'"a{ESCAPED[name]}b"')

    assert parsed.report is None
    assert where in {it.field for it in parsed.violations}
    _can_be_stored(parsed)


@pytest.mark.parametrize("name", ESCAPED)
def test_an_escaped_character_in_a_name_is_refused_by_intake(name: str) -> None:
    """Neither a field nor a cell can be named so; the remark shows it in plain characters."""
    field = _read(f"x{ESCAPED[name]}", "1")
    cell = _read("figures", f'{{"work{ESCAPED[name]}days": 1}}')

    # pydantic gives up on a key that is no Unicode before it asks whether the field is known
    assert [it.code for it in field.violations] in (["unknown_field"], ["bad_text"])
    assert [it.code for it in cell.violations] == ["bad_cell"]
    _can_be_stored(field)
    _can_be_stored(cell)


def test_the_document_of_these_tests_is_otherwise_sound() -> None:
    """Else everything above would be refused for a reason of its own."""
    assert _read("note", '"Đã rà soát."').violations == ()


def _read(field: str, value: str) -> ParsedSubmission:
    """Send the golden submission with one field written as *value* through parse and structure."""
    golden: dict[str, Any] = dict(examples()["ReportSubmitted"]["body"]) | {"source": "ninh-binh"}
    golden.pop(field, None)
    body = f'{json.dumps(golden, ensure_ascii=False)[:-1]}, "{field}": {value}}}'.encode()
    return parse_submission(
        RawSubmission(
            source="ninh-binh",
            kind=SubmissionKind.SUBMISSION,
            event_id="ninh-binh-1",
            document=parse(body),
            body=body,
            received_at=datetime(2026, 10, 15, 2, 14, 8, tzinfo=UTC),
        )
    )


def _can_be_stored(parsed: ParsedSubmission) -> None:
    """PostgreSQL's text takes neither NUL nor a lone surrogate, and nothing may break there."""
    for text in (
        *(it.field for it in parsed.violations),
        *(str(value) for it in parsed.violations for value in it.values.values()),
        *(it for it in (parsed.unit, parsed.form, parsed.period) if it),
    ):
        assert "\x00" not in text
        text.encode("utf-8")
