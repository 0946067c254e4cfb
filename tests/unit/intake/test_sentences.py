"""What a sender reads: true when a figure is unknown, in words of the trade, and on one page."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import Formatter

import pytest

from services.intake.domain.rule_context import RuleContext
from services.intake.domain.rules import RULES
from services.intake.domain.violations import (
    Messages,
    Renderer,
    Violation,
    renderer,
)
from tests.builders.intake import COMMUNE_OF_HA_NOI, Report, models, verdict_on
from tests.builders.sentence_facts import FACTS, OWN

GOLDEN = Path(__file__).parent / "golden" / "sentences.txt"

REGENERATE = False
"""Set it to write the page anew, and read the difference."""

PLACES = ("figures.dvk_models_total[field=kinh_te]", "unit")
"""A cell, and a field that is none."""


@pytest.fixture(scope="module")
def say(messages: Messages, context: RuleContext) -> Renderer:
    """Return what renders violations as the service does."""
    return renderer(messages, lambda: context.catalogue.label)


def sentences(messages: Messages, say: Renderer) -> Iterator[str]:
    """Yield every message with every choice of its parts, in the order of the catalogue."""
    for code, template in messages.items():
        if not template.endswith("."):
            continue
        names = sorted({name for _, name, _, _ in Formatter().parse(template) if name} - {"field"})
        choices = [OWN.get(code, {}).get(name) or FACTS[name] for name in names]
        field = PLACES["trường" in template.lower() or "mục" in template.lower()]
        for values in product(*choices):
            said = say(Violation(code, field, dict(zip(names, values, strict=True))))
            yield f"{code}\n    {said.message}\n"


def said_of(report: Report, code: str, context: RuleContext, say: Renderer) -> str:
    """Return the sentence of the one violation with a code."""
    (found,) = [it for it in verdict_on(report, context).violations if it.code == code]
    return say(found).message


def test_all_sentences_are_those_of_the_page(messages: Messages, say: Renderer) -> None:
    """One page shows what anybody can be told; a change of words is a change of it."""
    page = "".join(sentences(messages, say))
    if REGENERATE:
        GOLDEN.write_text(page, encoding="utf-8")

    assert page == GOLDEN.read_text(encoding="utf-8")
    assert not REGENERATE


def test_no_sentence_holds_a_straight_quote_or_the_code_of_a_dimension(
    messages: Messages, say: Renderer, context: RuleContext
) -> None:
    """English words are left to the member `field`, for programs."""
    codes = {name for it in context.catalogue.codes for name in it.split("@")}
    of_rules = {it.code for it in RULES}

    for page in sentences(messages, say):
        code, sentence = page.split("\n", 1)
        if code in of_rules:
            assert not codes & set(re.findall(r"[a-z_]+", sentence)), sentence
            assert "m2" not in sentence
            assert '"' not in re.sub(r'"89\.58"', "", sentence), sentence


def test_every_breakdown_has_its_words(messages: Messages, context: RuleContext) -> None:
    """Also those that no form holds yet: a form changes without its sentences."""
    dimensions = {it.partition("@")[0] for it in context.catalogue.codes}

    assert {f"by_{it}" for it in dimensions} <= messages.keys()


def test_closing_is_only_bounded_while_removals_are_unknown(
    context: RuleContext, say: Renderer
) -> None:
    """1.635 is right with 37 removed: "phải bằng 1.672" would have been untrue."""
    report = models(opening=1251, new=421, removed=None, total=1673)

    assert said_of(report, "stock_balance", context, say) == (
        "“Tổng số mô hình, điển hình” (1.673) không được lớn hơn số đầu kỳ (1.251) cộng số mới"
        " (421), tức là 1.672."
    )


def test_breakdown_is_named_in_words(context: RuleContext, say: Renderer) -> None:
    """And where nobody stated the whole, nothing must equal it."""
    one = {"total[field=kinh_te]": 962}
    stated = models(total=963, **one)
    unstated = models(total=None, **one)

    assert "chi tiết theo lĩnh vực là 962, phải bằng số chung (963)" in said_of(
        stated, "split_sums_to_total", context, say
    )
    assert "theo lĩnh vực là 962 nhưng số chung chưa được báo cáo" in said_of(
        unstated, "split_sums_to_total", context, say
    )


def test_a_part_is_told_from_its_whole(context: RuleContext, say: Renderer) -> None:
    """Two findings about two cells never read alike."""
    report = models(**{"total[field=kinh_te]": "5"})

    said = said_of(report, "wrong_kind", context, say)

    assert said.startswith("“Tổng số mô hình, điển hình – Phát triển kinh tế”: giá trị 5 phải là")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("figures.work_days", "Ngày công đóng góp"),
        ("openings.dvk_models_opening", "Mô hình, điển hình đầu kỳ"),
        (
            "figures.awards_flag_collective[award_level=province,programme=dan_van_kheo]",
            "Cờ thi đua cho tập thể – Cấp tỉnh, “Dân vận khéo”",
        ),
        ("figures.khong_co", "khong_co"),
        ("figures.work_days[", "work_days["),
        ("figures.dvk_models_total[field=x]", "Tổng số mô hình, điển hình – x"),
        ("note", "note"),
    ],
)
def test_a_cell_is_called_by_its_label(path: str, name: str, say: Renderer) -> None:
    """The path itself stands in the member `field`, for programs."""
    finding = say(Violation("negative_zero", path, {"value": "-0"}))

    assert finding.field == path
    assert finding.message == f"“{name}”: không ghi “-0”; nếu không phát sinh, ghi 0."


def test_rate_of_nothing_is_not_compared(context: RuleContext, say: Renderer) -> None:
    """There is no right rate to be told."""
    figures = {"pib_violations_detected": 0, "pib_cases_resolved": 0, "pib_resolution_rate": "90"}
    report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures)

    said = said_of(report, "rate_agrees", context, say)

    assert said.endswith(
        "chưa đủ số liệu hoặc mẫu số bằng 0 nên không tính được tỷ lệ; đề nghị không gửi tỷ lệ này."
    )


def test_rate_is_written_as_a_rate(context: RuleContext, say: Renderer) -> None:
    """130 is a number of something else."""
    figures = {"pib_violations_detected": 10, "pib_cases_resolved": 5, "pib_resolution_rate": "86"}
    report = Report(COMMUNE_OF_HA_NOI, "F04", "cal.2023", figures)

    assert said_of(report, "rate_agrees", context, say).endswith("tính từ số liệu (50,0%).")
