"""The Vietnamese sentences: one for each code, each placeholder filled, numbers as people write."""

import re
from decimal import Decimal
from pathlib import Path

import services.intake
from services.intake.domain.rules import RULES
from services.intake.domain.violations import Messages, MessageValue, Renderer, Violation
from shared.contracts import strict_json

SOURCE = Path(services.intake.__file__).parent


def _codes_in_the_code() -> set[str]:
    text = "\n".join(it.read_text(encoding="utf-8") for it in SOURCE.rglob("*.py"))
    text += Path(strict_json.__file__).read_text(encoding="utf-8")
    patterns = (
        r'(?:Remark|Phrase|Refused|Unreadable)\(\s*(?:413, |400, |422, )?"([a-z0-9_]+)"',
        r'messages\["([a-z_]+)"\]',
        r'"(bad_[a-z_]+)"',
        r'return "([a-z_]+)"',
        r'or "([a-z]+_[a-z_]+)"',
    )
    return {code for pattern in patterns for code in re.findall(pattern, text)}


def test_every_code_has_a_sentence_and_every_sentence_a_code(messages: Messages) -> None:
    """A missing sentence would be a KeyError in front of a sender."""
    codes = _codes_in_the_code() | {it.code for it in RULES}

    assert codes - set(messages) == set()
    spelt = "\n".join(it.read_text(encoding="utf-8") for it in SOURCE.rglob("*.py"))
    spelt += Path(strict_json.__file__).read_text(encoding="utf-8")
    words_of_data = {it for it in messages if it.startswith("by_")}  # see test_sentences.py
    assert {it for it in messages if f'"{it}"' not in spelt} == words_of_data


def test_numbers_are_written_as_people_write_them(render: Renderer) -> None:
    """1.636 and 92,3 and not 1,636 and 92.3."""
    balance: dict[str, MessageValue] = {
        "label": "Mô hình",
        "opening": 1214,
        "new": 421,
        "removed": 0,
    }
    finding = render(
        Violation("stock_balance", "f", {**balance, "closing": 1636, "expected": 1635})
    )
    rate: dict[str, MessageValue] = {
        "label": "Tỷ lệ",
        "sent": Decimal("92.50"),
        "expected": "92,3%",
    }

    assert finding.message == (
        "“Mô hình” (1.636) phải bằng số đầu kỳ (1.214) cộng số mới (421) trừ số đưa ra"
        " khỏi danh sách (0), tức là 1.635."
    )
    assert "92,5%" in render(Violation("rate_agrees", "f", rate)).message


def test_sentences_are_sentences(messages: Messages) -> None:
    """They begin with a capital letter or a quotation, and end."""
    phrases = {
        "a_decimal_text",
        "a_whole_number",
        "hundredths",
        "whole_dong",
        "number_of_provinces",
        "use_unclassified",
        "state_carried_in",
    }
    for code in {it for it in messages if not it.startswith("by_")} - phrases:
        assert re.match(r"[A-ZĐ“{]", messages[code]), code
        assert messages[code].endswith((".", "…")), code
