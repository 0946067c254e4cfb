"""
Published results, entered as reports.

Each is accepted with exactly the findings that it deserves, comes out of the totals as it was
printed, and is called what the page means.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from shared.reference.figures import rate_percent
from shared.reference.indicators import Measure
from shared.reference.vietnamese import date_short
from tests.articles import read
from tests.corpus.entry import Entry, enter, stated, world_of
from tests.corpus.rows import Contradiction, Row, rows
from tests.corpus.spread import spread
from tests.golden.replay import cells_with_values
from tests.golden.world import World

ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).with_name("results.txt")
REGENERATE = False
"""Set it to write the page anew, and read the difference."""

FIRST_YEAR = 2017
"""Forms hold from this year on; what is older is no report of ours."""

OWED_BY_COMMUNES = ("F01", "F04", "F05")
BEYOND_OUR_UNITS = frozenset(
    {
        "ninh_thuan_2019_boards",
        "thai_nguyen_2017_2018_boards",
        "bac_ninh_2018_boards",
        "yen_mo_2023_boards",
        "hai_duong_2022_boards",
    }
)
"""More boards than the directory has communes: 65 of 62 (it lacks units of before 2025)."""

AT_LEAST_PROVINCES = 10
HALF_A_TENTH = Decimal("0.05")

Entries = Mapping[str, Entry]


@pytest.fixture(scope="module")
def world() -> World:
    """Return our facts, with the bodies that report."""
    return world_of(rows())


@pytest.fixture(scope="module")
def entries(world: World) -> Entries:
    """Return every row as it was entered."""
    return {row.id: enter(row, world) for row in rows()}


@pytest.mark.parametrize("row", rows(), ids=lambda it: it.id)
def test_result_is_accepted_with_exactly_the_findings_it_deserves(
    row: Row, entries: Entries
) -> None:
    """An honest result is never refused, and no rule accuses it of anything untrue."""
    entry = entries[row.id]

    assert entry.findings == row.findings
    assert entry.accepted


@pytest.mark.parametrize("row", rows(), ids=lambda it: it.id)
def test_result_comes_out_as_it_was_printed(row: Row, entries: Entries, world: World) -> None:
    """Value and qualifier, of the area and the window; and nothing that the page does not say."""
    entry = entries[row.id]
    indicators = world.reference.catalogue.indicators
    answer = entry.replay.figures(entry.period, entry.period)
    said = stated(row)
    for cell, (value, qualifier) in said.items():
        found = answer[cell]
        if indicators[found.indicator].measure is Measure.RATIO:
            assert abs(Decimal(str(found.value)) - Decimal(str(value))) <= HALF_A_TENTH, cell
        else:
            assert (found.value, found.qualifier) == (value, qualifier), cell
    rates = {it.code for it in indicators.values() if it.measure is Measure.RATIO}
    told = {cell for cell, (value, _) in said.items() if value is not None}
    assert cells_with_values(answer) - rates == told - rates


def test_every_figure_is_called_what_the_page_means(entries: Entries, world: World) -> None:
    """One page shows under which label each figure stands, beside what has no label of ours."""
    page = "\n".join(_shown(it, world) for it in entries.values())
    if REGENERATE:
        PAGE.write_text(page, encoding="utf-8")

    assert page == PAGE.read_text(encoding="utf-8")
    assert not REGENERATE


def _shown(entry: Entry, world: World) -> str:
    row, catalogue = entry.row, world.reference.catalogue
    answer = entry.replay.figures(entry.period, entry.period)
    days = f"{date_short(row.window.first)} - {date_short(row.window.last)}"
    lines = [f"{row.area.name}, {days} ({row.publisher})"]
    for cell in sorted(cells_with_values(answer)):
        its = answer[cell]
        unit = "" if its.display.endswith("%") else f" {its.unit_of_measure}"
        lines.append(f"    {catalogue.label(cell)}: {its.display}{unit}")
    for gap in row.lacking:
        value = gap.value if isinstance(gap.value, tuple) else (gap.value,)
        lines.append(f"    [{gap.kind}] {gap.what}: {'; '.join(map(str, value))}")
    return "\n".join(lines) + "\n"


def test_the_corpus_is_what_it_says_it_is(world: World) -> None:
    """Each page once and none of the golden file, many provinces, and areas under their names."""
    urls = [row.url for row in rows()]
    directory = world.reference.directory
    provinces = {directory.province(row.area.key, row.window.last) for row in rows()}

    assert len(set(urls)) == len(urls)
    assert not set(urls) & {
        it.get("url") for it in read("extra_scenarios", list[dict[str, object]])
    }
    assert all(row.url.startswith(("http://", "https://")) for row in rows())
    assert None not in provinces
    assert len(provinces) >= AT_LEAST_PROVINCES
    for row in rows():
        unit = directory.get(row.area.key, row.window.last)
        assert unit is not None
        assert unit.name == row.area.name
        assert row.window.first <= row.window.last
        assert row.window.last.year >= FIRST_YEAR


def test_most_results_can_be_said(entries: Entries) -> None:
    """The target is 38 of 40 accepted as true; what cannot be said is listed with its reason."""
    count = Counter(map(_outcome, entries.values()))

    assert count == EXPECTED
    assert (count["in full"] + count["in part"]) * 40 >= 38 * len(entries)


EXPECTED = Counter({"in full": 24, "in part": 27, "not at all": 2})
"""How many rows are held whole, how many in part, and of how many no figure has a cell."""


def _outcome(entry: Entry) -> str:
    if not entry.row.reports:
        return "not at all"
    if not entry.accepted:
        return "refused"
    return "in full" if entry.row.whole else "in part"


def test_the_domain_page_counts_what_has_no_cell() -> None:
    """Rows by kind of gap; a row may have gaps of several kinds."""
    page = (ROOT / "docs/DOMAIN.md").read_text(encoding="utf-8")
    section = page.partition("## What published results need")[2].partition("\n## ")[0]
    told = {kind: int(count) for kind, count in re.findall(r"\| `(\w+)` \| (\d+) \|", section)}

    assert told == Counter(kind for row in rows() for kind in {it.kind for it in row.lacking})
    assert f"{len(rows())} results" in section


@pytest.mark.parametrize(
    "row", [it for it in rows() if it.id not in BEYOND_OUR_UNITS], ids=lambda it: it.id
)
def test_communes_could_have_reported_it(row: Row, entries: Entries, world: World) -> None:
    """Shared out among those who owe the form, it is refused nowhere, and needs no note."""
    period = entries[row.id].period
    for entered in row.reports:
        if entered.form in OWED_BY_COMMUNES:
            for report in spread(row, entered, period, world):
                said = {it.code: it.severity for it in world.verdict(report).violations}
                assert set(said.values()) <= {"warn"}, (report.unit, said)


CONTRADICTIONS = [(row, it) for row in rows() for it in row.contradicts]


@pytest.mark.parametrize(("row", "case"), CONTRADICTIONS, ids=[row.id for row, _ in CONTRADICTIONS])
def test_page_that_contradicts_itself_is_refused_as_printed(
    row: Row, case: Contradiction, entries: Entries, world: World
) -> None:
    """The counts are entered, and the figure that they give comes out."""
    if case.of is None:
        assert sum(case.parts) == case.gives != case.printed
        return
    assert str(rate_percent(*case.of)) == case.gives
    assert abs(Decimal(str(case.printed)) - Decimal(str(case.gives))) > HALF_A_TENTH
    if case.cell is None:
        return
    rate = world.reference.catalogue.indicators[case.cell]
    report = next(it for it in entries[row.id].reports if rate.numerator in it.figures)
    as_printed = replace(report, figures={**report.figures, case.cell: str(case.printed)})

    verdict = world.verdict(as_printed)

    assert verdict.validated is None
    assert [it.code for it in verdict.violations if it.severity == "reject"] == ["rate_agrees"]
