"""The sample units: as many as the articles' places had, and nobody else's."""

from dataclasses import dataclass
from datetime import date

import pytest

from shared.reference.directory import Directory
from shared.reference.reference_data import ReferenceData
from tests.articles import read
from tests.builders.periods import period
from tools.demo.articles import Article, articles, sample_units
from tools.demo.scenario import Scenario


@dataclass(frozen=True)
class Replay:
    """How many units a golden scenario wants."""

    unit_count: int


@dataclass(frozen=True)
class Golden:
    """One golden scenario."""

    id: str
    replay: Replay | None = None


GOLDEN = {it.id: it for it in read("scenarios", list[Golden])}


@pytest.mark.parametrize("article", articles(), ids=lambda it: it.id)
def test_a_roster_has_as_many_units_as_the_golden_scenario(article: Article) -> None:
    """579, 151, 203 and 15 units; none for the article without figures."""
    replay = GOLDEN[article.id].replay

    assert len(sample_units(article)) == (replay.unit_count if replay else 0)


@pytest.mark.parametrize(
    ("form", "code", "area", "count"),
    [
        ("F04", "cal.2021", "01.1", 579),
        ("F01", "cal.2023", "01.1", 579),
        ("F05", "cal.2023", "37.1", 151),
        ("F05", "cal.2023", "80.1", 203),
        ("F01", "cal.2017", "D436.1", 15),
        ("F04", "cal.2022", "D436.1", 15),
        ("F05", "nd09.2026-M10", "37.2", 129),
        ("F07", "cal.2022", "01.1", 1),
        ("F04", "hanoi.20210101-20231212", "01.1", 579),
        ("F01", "hanoi.20220101-20231212", "01.1", 579),
        ("F06", "hanoi.20210101-20231212", "01.1", 1),
        ("F01", "tphatinh.20170512-20220516", "D436.1", 15),
        ("F05", "longan.20210101-20231231", "80.1", 203),
        ("F05", "longan.20210101-20231231", "37.1", 0),
        ("F04", "hanoi.20210101-20231212", "80.1", 0),
    ],
)
def test_exactly_the_roster_owes_a_form(
    scenario: Scenario, form: str, code: str, area: str, count: int
) -> None:
    """``expected`` beside a figure is the number of units that the article's place had."""
    version = scenario.reference.catalogue.form(form, period(code))
    assert version is not None

    assert len(scenario.reference.directory.owing(version, period(code), area)) == count


def test_rosters_are_known_in_the_years_of_their_articles(scenario: Scenario) -> None:
    """So their coverage is founded; the real units around them are those of January 2025."""
    directory = scenario.reference.directory
    sampled = [it.area for it in articles() if it.roster.communes]

    known = {it: directory.known_from(it) for it in (*sampled, "FX-37.1-0001", "42.1", "79.1")}

    assert {known.pop("42.1"), known.pop("79.1")} == {date(2025, 1, 1)}
    assert set(known.values()) == {date(2017, 1, 1)}


def test_all_of_todays_units_stay(reference: ReferenceData, scenario: Scenario) -> None:
    """The demo replaces what ended on 30 June 2025 and nothing that is in force."""

    def today(directory: Directory) -> set[str]:
        return {it.key for it in directory if it.key.endswith(".2")}

    assert today(scenario.reference.directory) == today(reference.directory)


def test_samples_say_that_they_are_samples(scenario: Scenario) -> None:
    """Nobody may take an invented commune for a real one."""
    samples = [it for it in scenario.reference.directory if it.key.startswith("FX-")]

    assert len(samples) == 579 + 151 + 203 + 15
    assert all("mẫu" in it.name for it in samples)
