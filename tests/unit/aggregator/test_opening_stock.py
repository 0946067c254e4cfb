"""Opening stocks that nobody reported."""

import pytest

from services.aggregator.domain.amounts import Amount
from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.opening_stock import (
    CarriedStock,
    ClosedStock,
    begins_by_merger,
    begins_with,
    opening_stocks,
)
from services.aggregator.domain.stated_figures import (
    StatedFigures,
    carry_opening_stocks,
    with_closed_before,
)
from services.aggregator.domain.withholding import Withheld
from shared.reference.indicators import Measure
from shared.reference.reference_data import ReferenceData
from tests.builders.periods import period

OPENING, CLOSING = "dvk_models_opening", "dvk_models_total"
BEFORE, AFTER = period("cal.2025-H1"), period("cal.2025-H2")


def test_only_the_period_in_which_a_merger_falls_begins_with_it(reference: ReferenceData) -> None:
    """1 July 2025 is in the second half of 2025 and in the third quarter of the decree's year."""
    begin = {
        code: begins_by_merger(reference.lineage, "80.2", period(code))
        for code in ("cal.2025-H1", "cal.2025-H2", "cal.2025", "nd09.2025-Q3", "cal.2026-H1")
    }

    assert begin == {
        "cal.2025-H1": False,
        "cal.2025-H2": True,
        "cal.2025": True,
        "nd09.2025-Q3": True,
        "cal.2026-H1": False,
    }


def test_every_opening_stock_has_the_closing_stock_of_its_own_split(layouts: Layouts) -> None:
    """Every opening stock of the catalogue has its closing stock, cell by cell."""
    layout = layouts.require("F05", AFTER.code)

    pairs = opening_stocks([layout])

    firsts = [
        key
        for key, indicator in zip(layout.keys, layout.indicators, strict=True)
        if indicator.measure is Measure.STOCK_FIRST
    ]
    assert list(pairs) == firsts
    assert len(firsts) > 1
    assert all(it.partition("[")[2] == pairs[it].partition("[")[2] for it in firsts)
    assert set(pairs.values()) <= set(layout.keys)


def test_closing_becomes_opening_with_its_source_or_its_refusal() -> None:
    """What is withheld of the predecessors is withheld of their successor."""
    source = CarriedStock(("72.1", "80.1"), BEFORE)
    pairs = {OPENING: CLOSING, f"{OPENING}[x=1]": f"{CLOSING}[x=1]", f"{OPENING}[x=2]": "nobody"}
    closed = StatedFigures(
        {CLOSING: {BEFORE: Amount(963)}}, {f"{CLOSING}[x=1]": {BEFORE: Withheld.NOT_SEPARABLE}}
    )

    figures = carry_opening_stocks(
        StatedFigures({"other": {AFTER: Amount(1)}}), pairs, AFTER, closed, source
    )

    assert figures.stated == {"other": {AFTER: Amount(1)}, OPENING: {AFTER: Amount(963)}}
    assert figures.carried == {OPENING: {AFTER: source}}
    assert figures.withheld == {f"{OPENING}[x=1]": {AFTER: Withheld.NOT_SEPARABLE}}


@pytest.mark.parametrize(("opened", "told"), [(30, True), (32, False)])
def test_what_was_there_before_is_told_where_the_openings_differ(opened: int, told: bool) -> None:
    """The communes opened with 30, the communes and the district before them closed with 32."""
    source = CarriedStock(("37.1",), BEFORE)
    stated = StatedFigures({OPENING: {AFTER: Amount(opened)}})
    closing = StatedFigures({CLOSING: {BEFORE: Amount(32)}})

    figures = with_closed_before(stated, {OPENING: CLOSING, "x": "y"}, AFTER, closing, source)

    assert figures.stated == stated.stated
    expected = {OPENING: {AFTER: ClosedStock(source, Amount(32))}}
    assert figures.closed == (expected if told else {})


def test_only_a_period_that_begins_with_the_merger_opens_on_its_day(
    reference: ReferenceData,
) -> None:
    """What a year opened with on 1 January was not yet handed over by anybody."""
    begins = [
        begins_with(reference.lineage, "80.2", period(it)) for it in ("cal.2025-H2", "cal.2025")
    ]

    assert begins == [True, False]
