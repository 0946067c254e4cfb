"""Amounts as people state them, hectares and billions, kept as exact m² and đồng."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.judge import judge
from services.intake.domain.measures import ENTRY_UNITS
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from shared.contracts.reports import ReportSubmitted
from shared.contracts.values import EntryUnit
from tests.builders.intake import COMMUNE_OF_NINH_BINH, Report, codes, raw, verdict_on

LAND, MONEY, MODELS = "land_donated_m2", "contributions_vnd", "dvk_models_total"
FEW = settings(max_examples=60, deadline=None)


def report(**figures: object) -> Report:
    """Return a report of a commune of Ninh Bình for 2014's figures, sent for 2023."""
    return Report(COMMUNE_OF_NINH_BINH, "F05", "cal.2023", figures)


def test_the_wire_and_the_domain_know_the_same_units() -> None:
    """The contract may import nothing of ours, so the list stands there a second time."""
    assert set(get_args(EntryUnit)) == set(ENTRY_UNITS)


@pytest.mark.parametrize(
    ("cell", "value", "unit", "kept"),
    [
        (LAND, "419.7", "ha", "4197000.00"),  # Ninh Bình 2014
        (LAND, "0.123456789", "km2", None),  # a thousandth of a square metre is lost
        (LAND, "0.12345678", "km2", "123456.78"),
        (LAND, 5, "ha", "50000.00"),
        (LAND, "1250.5", "m2", "1250.50"),
        (LAND, "1250.505", "m2", None),
        (MONEY, "1.25", "ty_dong", 1_250_000_000),
        (MONEY, "439.5", "trieu_dong", 439_500_000),
        (MONEY, 48, "nghin_dong", 48_000),
        (MONEY, "0.0005", "nghin_dong", None),
        (MONEY, "7", "dong", 7),
    ],
)
def test_amount_is_converted_exactly_or_refused(
    cell: str, value: object, unit: str, kept: object, context: RuleContext
) -> None:
    """Rounding would change what was reported, and nobody would see it."""
    verdict = verdict_on(report(**{cell: value}), context, entered_in={cell: unit})

    if kept is None:
        assert codes(verdict) == {"not_exact"}
        assert verdict.validated is None
    else:
        assert verdict.validated is not None
        assert verdict.validated.figures[cell] == kept


@FEW
@given(st.integers(0, 10**12), st.sampled_from(sorted(ENTRY_UNITS)))
def test_what_is_entered_in_any_unit_is_what_is_kept(
    context: RuleContext, smallest: int, unit: str
) -> None:
    """Whole multiples of the smallest unit survive every unit that can write them."""
    measure = ENTRY_UNITS[unit].measure
    cell = LAND if measure == "area" else MONEY
    indicator = context.catalogue.indicators[cell]
    exact = Decimal(smallest) / (ENTRY_UNITS[unit].times * 10**indicator.scale)
    written = f"{exact:.9f}"

    verdict = verdict_on(report(**{cell: written}), context, entered_in={cell: unit})

    assert verdict.validated is not None or codes(verdict) <= {"not_exact"}
    if Decimal(written) == exact:
        assert verdict.validated is not None
        assert verdict.validated.amounts[cell] == smallest


def test_amount_beyond_what_is_exact_everywhere_is_refused(context: RuleContext) -> None:
    """2^53 đồng are nine million billions; more is a slip in the unit."""
    figures = {MONEY: "9007199.254740993"}

    verdict = verdict_on(report(**figures), context, entered_in={MONEY: "ty_dong"})

    assert codes(verdict) == {"amount_too_large"}


@pytest.mark.parametrize(
    ("rule", "figures", "entered_in"),
    [
        ("entered_in_without_figure", {LAND: None, MODELS: 1}, {LAND: "ha"}),
        ("entered_in_without_figure", {MODELS: 1}, {"work_days": "ha"}),
        ("entered_in_wrong_kind", {LAND: "5"}, {LAND: "ty_dong"}),
        ("entered_in_wrong_kind", {MONEY: 5}, {MONEY: "ha"}),
        ("entered_in_wrong_kind", {MODELS: 5}, {MODELS: "dong"}),
        ("read_as_decimal", {LAND: "1.635"}, {LAND: "ha"}),
        ("wrong_kind", {MONEY: "1.5"}, {}),
        ("not_exact", {LAND: "1250.5055"}, {}),
        ("thousands_separator", {LAND: "1250.5", MONEY: "1.635"}, {}),
        ("bad_entry_unit", {LAND: "5"}, {LAND: "sào"}),
        ("bad_entry_units", {LAND: "5"}, "ha"),
        ("too_many_figures", {LAND: "5"}, {f"a{it}": "ha" for it in range(501)}),
    ],
)
def test_unit_that_says_nothing_is_named(
    rule: str,
    figures: dict[str, object],
    entered_in: object,
    context: RuleContext,
    render: Renderer,
) -> None:
    """A stray unit is as suspicious as a stray figure."""
    verdict = verdict_on(report(**figures), context, entered_in=entered_in)

    found = [it for it in verdict.violations if it.code == rule]
    assert found
    assert all("{" not in render(it).message for it in found)
    assert (verdict.validated is not None) == (rule == "read_as_decimal")


def test_sentence_names_the_unit(context: RuleContext, render: Renderer) -> None:
    """1.635 hectares are read as one and a half, and the sender is told so."""
    verdict = verdict_on(report(**{LAND: "1.635"}), context, entered_in={LAND: "ha"})

    (finding,) = map(render, verdict.violations)

    assert finding.severity == "warn"
    assert "“1.635” ha được hiểu là 1,635 ha" in finding.message


def test_hectares_and_square_metres_are_the_same_report(context: RuleContext) -> None:
    """Sending it again in another unit changes nothing and makes no revision."""
    hectares = verdict_on(report(**{LAND: "419.7"}), context, entered_in={LAND: "ha"})
    metres = verdict_on(report(**{LAND: "4197000"}), context)

    assert hectares.validated is not None
    assert metres.validated is not None
    assert hectares.validated.figures_hash == metres.validated.figures_hash


def test_the_unit_is_part_of_the_content(context: RuleContext) -> None:
    """The same number in another unit under the same id is a conflict, not a resend."""
    document = report(**{LAND: "5"}).document(context)
    plain = parse_submission(raw(document))
    entered = parse_submission(raw(document | {"entered_in": {LAND: "ha"}}))

    assert plain.content_hash != entered.content_hash
    assert plain.content_hash == parse_submission(raw(document | {"entered_in": {}})).content_hash


def test_the_unit_travels_on_and_an_empty_one_does_not(context: RuleContext) -> None:
    """Messages of before keep their bytes; a report in hectares remembers them."""
    document = report(**{LAND: "5"}).document(context)
    plain = ReportSubmitted.model_validate(document)
    entered = ReportSubmitted.model_validate(document | {"entered_in": {LAND: "ha"}})

    assert "entered_in" not in plain.model_dump_json()
    assert ReportSubmitted.model_validate_json(entered.model_dump_json()) == entered
    assert judge(parse_submission(raw(document)), context).validated is not None
