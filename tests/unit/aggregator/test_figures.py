"""Figures as machines and people read them."""

from decimal import Decimal

import pytest

from services.aggregator.app import load_messages
from services.aggregator.domain.ranges import reported_range
from services.aggregator.domain.reporters import ReporterCount
from services.aggregator.domain.rollup import ComputedFigure
from services.aggregator.usecases.figures import FigureWriter
from shared.reference.figures import Qualifier
from shared.reference.forms import Cell
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData

AT_LEAST, ABOUT, EXACT = Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.EXACT


@pytest.mark.parametrize(
    ("indicator", "value", "qualifier", "wire", "display"),
    [
        ("pib_supervisions", 12567, EXACT, 12567, "12.567"),
        ("online_delegates", 20000, AT_LEAST, 20000, "hơn 20.000"),
        ("work_days", 193000, ABOUT, 193000, "khoảng 193.000"),
        ("pib_resolution_rate", Decimal("92.3"), EXACT, "92.3", "92,3%"),
        ("pib_resolution_rate", Decimal("92.3"), AT_LEAST, "92.3", "hơn 92,3%"),
        ("par_index_score", Decimal("89.58"), EXACT, "89.58", "89,58"),
        ("sipas_score", Decimal("80.16"), EXACT, "80.16", "80,16%"),
        ("par_index_rank", 3, EXACT, 3, "3/63"),
        ("papi_group", 2, EXACT, 2, "2"),
        ("land_donated_m2", Decimal("4197000.00"), EXACT, "4197000.00", "4.197.000 m²"),
        ("land_donated_m2", Decimal("1250.50"), AT_LEAST, "1250.50", "hơn 1.250,5 m²"),
        ("contributions_vnd", 48_000_000, EXACT, 48_000_000, "48.000.000 đồng"),
        ("dvk_models_removed", None, EXACT, None, "–"),
        ("dvk_models_removed", 0, EXACT, 0, "0"),
    ],
)
def test_figure_on_the_wire_and_on_paper(
    indicator: str,
    value: int | Decimal | None,
    qualifier: Qualifier,
    wire: int | str | None,
    display: str,
    reference: ReferenceData,
) -> None:
    """Counts are integers, decimals are strings, absent is null and a dash."""
    out_of = 63 if indicator.endswith("rank") else None
    computed = ComputedFigure(
        reference.catalogue.indicators[indicator],
        Cell(indicator),
        value,
        qualifier,
        ReporterCount(1, 1, 2),
        out_of,
    )

    written = FigureWriter(load_messages()).figure(computed)

    assert (written.value, written.display, written.qualifier) == (wire, display, qualifier.value)
    assert written.unit_of_measure != "%"
    assert (written.reported_by, written.expected, written.out_of) == (1, 2, out_of)


def periods(*codes: str) -> list[Period]:
    """Return the periods of these codes."""
    return [it for it in map(parse_period, codes) if it is not None]


def test_all_periods_are_of_one_kind() -> None:
    """Months and years of the same reports would count everything twice."""
    reported = periods("nd09.2023", "cal.2021", "cal.2023-M02", "cal.2023")

    assert reported_range(reported) == tuple(periods("cal.2021", "cal.2022", "cal.2023"))
    assert reported_range(periods("nd09.2026-M11", "nd09.2026-M09"))[-1].code == "nd09.2026-M11"
    assert reported_range([]) == []
