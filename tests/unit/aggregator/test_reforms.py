"""Whatever the State decides, no figure is lost, counted twice or given to the wrong half."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.aggregator.domain.boundaries import sources
from shared.reference.acts import Decision, apply
from shared.reference.decisions import UnitChanged
from shared.reference.periods import parse_period, periods_of_year
from shared.reference.units import life
from tests.builders.periods import period
from tests.builders.reforms import (
    NOWHERE,
    Country,
    NaiveLedger,
    countries,
    drawn_decision,
    opened,
    passing,
    unit,
)

MONTHS = periods_of_year("cal", "month", 2025)
DAY = timedelta(days=1)


def reformed(data: st.DataObject) -> tuple[Country, NaiveLedger]:
    """Draw a country, and month by month an act and the reports of whoever existed."""
    country, ledger = data.draw(countries()), NaiveLedger()
    for month in MONTHS[: data.draw(st.integers(1, 7))]:
        day = month.first_day + data.draw(st.integers(0, 27)) * DAY
        country.decide(drawn_decision(data, country, day))
        for key in sorted(it.key for it in country.directory):
            there = life(country.directory.states(key)).overlaps(month.span)
            if there and data.draw(st.integers(0, 4)):
                ledger.report(country, key, month)
    return country, ledger


def provinces(country: Country, day: date) -> list[str]:
    """Return the keys of the provinces of a day."""
    return [it.key for it in country.alive(day, "province")]


@settings(max_examples=150)
@given(st.data())
def test_what_a_province_reported_stays_its_own(data: st.DataObject) -> None:
    """Ninh Bình's 1.635 of 2023 is true for ever: later acts move no path of an earlier day."""
    country, ledger = reformed(data)

    for (key, code), path in ledger.paths.items():
        period = parse_period(code)
        assert period is not None
        assert country.directory.path(key, period.last_day) == path


@settings(max_examples=250)
@given(st.data())
def test_the_country_is_the_same_under_both_views(data: st.DataObject) -> None:
    """Each report is a power of two, so equal sums mean that each counts exactly once."""
    country, ledger = reformed(data)
    today = data.draw(st.sampled_from([MONTHS[-1].last_day, date(2025, 5, 10), date(2030, 1, 1)]))

    for month in MONTHS:
        if month.last_day > today:
            continue
        now = provinces(country, today)
        current = sum(ledger.current(country, it, month, today) for it in now)
        divided = {
            key
            for it in now
            for key in sources(it, month, country.directory, country.lineage, today).not_separable
        }
        assert current + ledger.single(sorted(divided), month) == ledger.country(month)
        if not country.links:
            assert not divided


@settings(max_examples=100)
@given(st.data())
def test_what_was_divided_is_assigned_to_no_part(data: st.DataObject) -> None:
    """DHIS2 gives all of it to one half; nobody recorded the shares, so neither gets any."""
    country, _ = reformed(data)
    today = MONTHS[-1].last_day
    communes = [it.key for it in country.alive(today, "commune")]

    for month in MONTHS[:3]:
        counted: list[str] = []
        for key in communes:
            origin = sources(key, month, country.directory, country.lineage, today)
            counted.extend(origin.units)
            for source in origin.units:
                heirs = country.lineage.heirs(source, month.last_day, today, country.directory)
                assert heirs == {key}
            assert not set(origin.units) & set(origin.not_separable)
            assert origin.areas == ()
        assert len(counted) == len(set(counted))


@settings(max_examples=100)
@given(st.data())
def test_decisions_can_be_put_into_effect_again_and_at_once(data: st.DataObject) -> None:
    """An operator who is not sure whether a file was applied applies it once more."""
    country = data.draw(countries())
    before = list(country.units)
    for month in MONTHS[: data.draw(st.integers(1, 6))]:
        day = month.first_day + data.draw(st.integers(0, 27)) * DAY
        country.decide(drawn_decision(data, country, day))
    shuffled = data.draw(st.permutations(country.decisions))

    assert apply(country.units, country.links, shuffled) == (country.units, country.links)
    assert apply(before, [], shuffled) == (country.units, country.links)


@settings(max_examples=100)
@given(st.data())
def test_acts_of_one_day_may_stand_in_any_order(data: st.DataObject) -> None:
    """A resolution lists its articles as it likes, and two of them may take effect together."""
    units = [unit("P", "province", None), unit("Q", "province", None)]
    units += [unit(f"C{n}", "commune", "P") for n in range(9)]
    day = date(2025, 7, 1)
    pieces = [
        Decision("NQ 1", day, openings=(opened("X", "commune", "Y", day),)),
        Decision("NQ 1", day, openings=(opened("Y", "province", None, day),)),
        Decision("NQ 1", day, passings=(passing("C0", "X", "whole"),)),
        Decision("NQ 1", day, passings=(passing("C1", "X", "whole"),)),
        Decision("NQ 2", day, passings=(passing("C2", "X", "part"), passing("C2", "C3", "part"))),
        Decision("NQ 2", day, passings=(passing("C3", "C4", "part", ends=False),)),
        Decision("NQ 3", day, changes=(UnitChanged("C3", "name", "Tên mới", NOWHERE),)),
        Decision("NQ 3", day, changes=(UnitChanged("C3", "parent", "Q", NOWHERE),)),
        Decision("NQ 3", day, changes=(UnitChanged("C5", "parent", "Y", NOWHERE),)),
        Decision("NQ 4", date(2025, 9, 1), changes=(UnitChanged("C3", "name", "Khác", NOWHERE),)),
    ]

    expected = apply(units, [], pieces)
    shuffled = data.draw(st.permutations(pieces))
    assert apply(units, [], shuffled) == expected
    assert len(expected[1]) == 5
    assert [it.name for it in expected[0] if it.key == "C3"] == ["Tên C3", "Tên mới", "Khác"]


def merged() -> tuple[Country, NaiveLedger]:
    """Return three communes that had 10, 20 and 5, and then became one."""
    communes = [unit(key, "commune", "P") for key in "ABC"]
    country, ledger = Country([unit("P", "province", None), *communes]), NaiveLedger()
    for key, value in (("A", 10), ("B", 20), ("C", 5)):
        ledger.report(country, key, period("cal.2025-M06"))
        ledger.own[key, "cal.2025-M06"] = value
    day = date(2025, 7, 1)
    country.decide(
        Decision(
            "NQ",
            day,
            openings=(opened("M", "commune", "P", day),),
            passings=tuple(passing(it, "M", "whole") for it in "ABC"),
        )
    )
    return country, ledger


def test_three_communes_that_merge_keep_their_35() -> None:
    """DHIS2 keeps the last updated value of the three: 10."""
    country, ledger = merged()
    june, today = period("cal.2025-M06"), date(2025, 8, 1)

    assert ledger.as_reported("P", june) == 35
    assert ledger.current(country, "P", june, today) == 35
    assert ledger.current(country, "M", june, today) == 35


def test_split_back_they_still_keep_their_35() -> None:
    """What was one is not ours to divide again; the province has it all the same."""
    country, ledger = merged()
    june, july, today = period("cal.2025-M06"), period("cal.2025-M07"), date(2025, 10, 1)
    ledger.report(country, "M", july)
    ledger.own["M", july.code] = 36
    day = date(2025, 9, 1)
    country.decide(
        Decision(
            "NQ",
            day,
            openings=tuple(opened(f"{it}2", "commune", "P", day) for it in "ABC"),
            passings=tuple(passing("M", f"{it}2", "part") for it in "ABC"),
        )
    )

    assert ledger.current(country, "P", june, today) == 35
    assert ledger.current(country, "P", july, today) == 36
    for key in ("A2", "B2", "C2"):
        origin = sources(key, june, country.directory, country.lineage, today)
        assert ledger.current(country, key, june, today) == 0
        assert origin.not_separable == ("A", "B", "C")
        assert origin.continued is None
