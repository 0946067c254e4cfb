"""The corpus of malformed submissions: a code at a field, each."""

import time
import unicodedata
from typing import Any

import pytest

from services.intake.domain.old_encodings import old_encoding
from services.intake.domain.parsing import CELLS_MAX, REMARKS_MAX, parse_submission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer, Violation, printable
from tests.builders.intake import NOON, models, raw

FIGURE = "figures.dvk_models_total"
RAW_FIGURES = [
    ("true", "boolean"),
    ("1e3", "decimal_not_text"),
    ("1.5", "decimal_not_text"),
    ("1e400", "decimal_not_text"),
    ("NaN", "not_a_number"),
    ("Infinity", "not_a_number"),
    ("-Infinity", "not_a_number"),
    ("-0", "negative_zero"),
    ("-5", "negative"),
    ("123456789012345678901234567890", "too_many_digits"),
    ("9007199254740993", "too_large_number"),
    ("[1]", "not_a_figure"),
    ('{"a": 1}', "not_a_figure"),
    ('"1.635"', "thousands_separator"),
    ('"1,635"', "thousands_separator"),
    ('"89,5"', "decimal_comma"),
    ('"-1"', "negative"),
    ('"-"', "dash"),
    ('" - "', "dash"),
    ('"–"', "dash"),
    ('"—"', "dash"),
    ('"1\u00a0635"', "thousands_separator"),
    ('"1\u202f635"', "thousands_separator"),
    ('"1 635 000"', "thousands_separator"),
    ('"1\u2019635"', "thousands_separator"),
    ('"1.635,50"', "thousands_separator"),
    ('"1,635.50"', "thousands_separator"),
    ('"1.635.000,5"', "thousands_separator"),
    ('"abc"', "not_a_decimal"),
    ('" 5"', "not_a_decimal"),
    ('"５"', "not_a_decimal"),
    ('"05"', "not_a_decimal"),
    ('"1.5\\n"', "not_a_decimal"),
    ('""', "not_a_decimal"),
    ('5, "dvk_models_total": 6', "duplicate_key"),
]


def found(violations: tuple[Violation, ...]) -> set[tuple[str, str]]:
    """Return code and field of each violation."""
    return {(it.code, it.field) for it in violations}


@pytest.mark.parametrize(("token", "code"), RAW_FIGURES)
def test_malformed_figure_is_named(
    token: str, code: str, context: RuleContext, render: Renderer
) -> None:
    """A figure is a bounded integer, a decimal in a string, or null; nothing is guessed."""
    document = models(total=4711).document(context)
    body = str(document).replace("'", '"').replace("None", "null").replace("4711", token)

    parsed = parse_submission(raw(body.encode()))

    assert parsed.report is None
    assert found(parsed.violations) == {(code, FIGURE)}
    assert all("{" not in render(it).message for it in parsed.violations)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"unit": "80.1а"}, "bad_unit", "unit"),  # a Cyrillic letter
        ({"unit": "80.1\u200b"}, "bad_unit", "unit"),
        ({"unit": "80.1\n"}, "bad_unit", "unit"),
        ({"unit": 80}, "bad_unit", "unit"),
        ({"form": "f05"}, "bad_form", "form"),
        ({"period": "2023"}, "bad_period", "period"),
        ({"period": "cal.２０２３"}, "bad_period", "period"),
        ({"occurred_at": "2026-11-22"}, "bad_time", "occurred_at"),
        ({"occurred_at": "2026-11-22T10:00:00"}, "bad_time", "occurred_at"),
        ({"occurred_at": "1763784000"}, "bad_time", "occurred_at"),
        ({"occurred_at": 1763784000}, "bad_time", "occurred_at"),
        ({"occurred_at": "2026-02-30T10:00:00Z"}, "bad_time", "occurred_at"),
        ({"event_id": ""}, "bad_event_id", "event_id"),
        ({"event_id": "mã"}, "bad_event_id", "event_id"),
        ({"event_id": 7}, "bad_event_id", "event_id"),
        ({"figures": {}}, "bad_figures", "figures"),
        ({"figures": [1]}, "bad_figures", "figures"),
        ({"figures": {"Số vụ": 1}}, "bad_cell", "figures.Số vụ"),
        ({"figures": {"a[b]": 1}}, "bad_cell", "figures.a[b]"),
        ({"qualifiers": {"work_days": "exact"}}, "bad_qualifier", "qualifiers.work_days"),
        ({"qualifiers": "about"}, "bad_qualifiers", "qualifiers"),
        ({"note": 5}, "bad_text", "note"),
        ({"note": "a" * 2001}, "bad_text", "note"),
        ({"note": "a\u0000b"}, "control_character", "note"),
        ({"note": "a\u0085b"}, "control_character", "note"),
        ({"note": "a\u202eb"}, "control_character", "note"),
        ({"note": "a\u200bb"}, "control_character", "note"),
        ({"note": "\ud800"}, "control_character", "note"),
        ({"note": unicodedata.normalize("NFD", "Hòa")}, "not_nfc", "note"),
        ({"source": "khac"}, "source_mismatch", "source"),
        ({"source": "Khác"}, "bad_source", "source"),
        ({"ghi_chu": "x"}, "unknown_field", "ghi_chu"),
        ({"unit": None}, "missing_field", "unit"),
        ({"figures": None}, "missing_field", "figures"),
        ({"occurred_at": None}, "missing_field", "occurred_at"),
    ],
)
def test_malformed_field_is_named(
    change: dict[str, Any], code: str, field: str, context: RuleContext, render: Renderer
) -> None:
    """Whatever a sender gets wrong, the answer names the field and says it in Vietnamese."""
    parsed = parse_submission(raw(models(total=1).document(context, **change)))

    assert parsed.report is None
    assert (code, field) in found(parsed.violations)
    assert all("{" not in render(it).message for it in parsed.violations)


def test_note_of_two_lines_is_fine(context: RuleContext) -> None:
    """A line feed is the one control that people type."""
    note = "Số liệu đến ngày 14/11.\nSẽ bổ sung sau."

    assert parse_submission(raw(models(total=1).document(context, note=note))).report


@pytest.mark.parametrize("name", ["CR LF", "lone CR"])
def test_line_ends_and_tabs_of_windows_are_fine(name: str, context: RuleContext) -> None:
    """A table pasted from Word brings them; what people see are two lines and a blank."""
    end = "\r\n" if name == "CR LF" else "\r"
    typed = models(total=1).document(context, note=f"Số liệu đến ngày 14/11.{end}Xin\tcảm ơn.")
    meant = typed | {"note": "Số liệu đến ngày 14/11.\nXin cảm ơn."}

    found, expected = parse_submission(raw(typed)), parse_submission(raw(meant))

    assert found.report == expected.report is not None
    assert found.content_hash == expected.content_hash


@pytest.mark.parametrize(
    ("note", "encoding"),
    [
        ("Sè liÖu ®Õn ngµy 14/11, sÏ bæ sung sau.", "TCVN3 (ABC)"),
        ("B¸o c¸o cña x·", "TCVN3 (ABC)"),
        ("Soá lieäu ñeán ngaøy 14/11, seõ boå sung sau.", "VNI"),
        ("BAÙO CAÙO CUÛA XAÕ, ÑEÀ NGHÒ BOÅ SUNG", "VNI"),
        ("Số liệu đến ngày 14/11; hiến 5 m² đất, 25°C, ±2%.", None),
        ("Hòa, Hoà, Thuý, khoẻ, «Dân vận khéo», Microsoft® Word", None),
        ("señor mañana, Citroën, Noël, Zürich", None),
        ("", None),
    ],
)
def test_notes_from_before_unicode_are_named(note: str, encoding: str | None) -> None:
    """Whoever types in .VnTime sees nothing wrong; the receiver sees rubbish."""
    assert old_encoding(note) == encoding


def test_a_soft_hyphen_of_tcvn3_is_named_as_such(context: RuleContext, render: Renderer) -> None:
    """In TCVN3 ư is a soft hyphen: "delete the hidden character" is no help to its sender."""
    note = "Ph\u00adêng Phï V©n ®\u00ad¬c s¸p nhËp"
    parsed = parse_submission(raw(models(total=1).document(context, note=note)))

    assert found(parsed.violations) == {("old_encoding", "note")}
    assert "TCVN3" in render(parsed.violations[0]).message


def test_surrogate_in_a_key_gets_a_verdict(context: RuleContext, render: Renderer) -> None:
    """PostgreSQL and UTF-8 refuse it; a finding must survive being stored all the same."""
    parsed = parse_submission(raw(models(total=1).document(context, **{"x\ud800": 1})))

    assert parsed.report is None
    assert all(render(it).model_dump_json().encode() for it in parsed.violations)


def test_time_may_be_left_out_over_http(context: RuleContext) -> None:
    """Then our receipt time stands in; the contract class stays as strict as it is."""
    parsed = parse_submission(
        raw(models(total=1).document(context, occurred_at=None), time_required=False)
    )

    assert parsed.report
    assert parsed.report.occurred_at == NOON


@pytest.mark.parametrize(
    ("claims", "code", "field"),
    [
        ({"claimed_source": "qcdc/upstream/demo"}, None, ""),
        ({"claimed_source": "demo"}, None, ""),
        ({"claimed_source": "other"}, "source_mismatch", "ce_source"),
        ({"claimed_source": "demo/other"}, "source_mismatch", "ce_source"),
        ({"claimed_id": "e-x"}, "event_id_mismatch", "event_id"),
    ],
)
def test_claims_of_the_headers_are_compared(
    claims: dict[str, str], code: str | None, field: str, context: RuleContext
) -> None:
    """Who sends is said by the topic or the key; a payload that claims another is refused."""
    parsed = parse_submission(raw(models(total=1).document(context), **claims))

    assert found(parsed.violations) == ({(code, field)} if code else set())


def test_content_hash_ignores_who_says_it_when(context: RuleContext) -> None:
    """A resend with another clock reading or key order is the same submission."""
    document = models(total=1, new=1).document(context)
    again = dict(reversed(document.items())) | {"occurred_at": "2026-11-22T12:30:00+07:00"}

    assert parse_submission(raw(document)).content_hash == parse_submission(raw(again)).content_hash


def test_content_hash_tells_contents_apart(context: RuleContext) -> None:
    """Null, zero and absence are three things, and a claim in a header belongs to the content."""
    base = models(total=1).document(context)
    cases = [
        raw(base),
        raw(base | {"note": "khác"}),
        raw(base | {"figures": base["figures"] | {"work_days": 0}}),
        raw(base | {"qualifiers": {"dvk_models_total": "about"}}),
        raw(base, claimed_source="other"),
        raw(base | {"unit": 5}),
    ]

    assert len({parse_submission(it).content_hash for it in cases}) == len(cases)


def test_hostile_document_is_answered_in_bounded_time(context: RuleContext) -> None:
    """A hundred thousand misspelt cells are one finding, not a hundred thousand."""
    many = {f"k{n}": -1 for n in range(60_000)}
    body = models(total=1).document(context)
    started = time.perf_counter()

    submissions = [
        parse_submission(raw(body | {"figures": many})),
        parse_submission(raw(body | many)),
        parse_submission(raw(body | {"figures": {f"K {n}": -1 for n in range(CELLS_MAX)}})),
    ]

    assert time.perf_counter() - started < 3
    assert [len(it.violations) for it in submissions] == [1, 1, REMARKS_MAX + 1]


def test_strangers_text_is_shown_safely() -> None:
    """What is echoed can be stored, logged and read from left to right."""
    shown = printable("a\x00\ud800\u202e" + "b" * 500)

    assert shown.startswith("a\\u0000\\ud800\\u202eb")
    assert len(shown) == 80
