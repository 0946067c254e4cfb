"""Windows, working days, the words of a deadline, and how figures and dates are written."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import holidays
import pytest

from shared.reference import vietnamese
from shared.reference.deadlines import DeadlineRule, build_rules, due, rule_for
from shared.reference.errors import FactError
from shared.reference.figures import Qualifier, rate_percent
from shared.reference.periods import VIETNAM, Period
from shared.reference.wordings import Wording
from tests.builders.periods import period
from tests.golden.book import Page
from tests.golden.world import World
from tools.demo.apportion import apportion, even


def conventions(page: Page, world: World) -> None:
    """How rates are rounded, totals spread and lower bounds kept."""
    assert page["timezone"].text() == VIETNAM.key
    _rates(page["rate"])
    assert page["apportion"]["method"].text() == "largest_remainder"
    assert page["apportion"]["tie_break"].text() == "unit_code_ascending"
    two = even([("B", "cal.2023"), ("A", "cal.2023")])
    assert apportion(3, two) == {("A", "cal.2023"): 2, ("B", "cal.2023"): 1}
    assert page["qualifier"].texts() == list(Qualifier)
    page.only_words("null_rule")  # zero_is_not_null holds it against the fold
    assert world.reference.catalogue.indicators


def _rates(page: Page) -> None:
    assert page["formula"].text() == "100*numerator/denominator"
    assert page["decimals"].number() == 1
    assert page["rounding"].text() == "ROUND_HALF_UP"
    assert page["compute_with"].text() == "decimal"
    half = rate_percent(1, 800)  # 0.125
    assert half == Decimal("0.1")
    assert rate_percent(3, 2000) == Decimal("0.2")  # 0.15, half up
    assert isinstance(half, Decimal)
    assert rate_percent(1, 0) is None


def basis_of_windows(page: Page, world: World) -> None:
    """Hold the decree's minimum, and whose two working days are our default."""
    rule = nd09_rule(world, period("nd09.2026"))
    fewest = page["min_working_days_after_close"].number()
    example = re.fullmatch(r"(.+) Decision (\S+): (\d+) working days", page["example"].text())
    article = re.fullmatch(r"Decree (\S+) Art\. (\S+)", page["source"].text())

    assert example
    assert article
    assert rule.working_days_after_close == int(example[3]) >= fewest
    for words in (example[1], example[2], *article.groups()):
        assert words in rule.source
    build_rules([_regime(fewest)])
    with pytest.raises(FactError):
        build_rules([_regime(fewest - 1)])


def _regime(working_days: int) -> dict[str, object]:
    rule = {
        "code": "nd09.test",
        "working_days_after_close": working_days,
        "hour": "17:00",
        "source": "…",
        "state": "custom",
    }
    return {"code": "nd09", "rules": [rule]}


def window(page: Page, world: World) -> None:
    """First day, last day, and the due days after one and after two working days."""
    label = page["period"].text()
    its = period("nd09.2026" if label == "Y" else f"nd09.2026-{label}")

    assert (its.first_day, its.last_day) == (page["from"].day(), page["to"].day())
    assert _due(world, its, 1) == page["due_1wd"].day()
    assert _due(world, its, 2) == page["due_2wd"].day()


def nd09_rule(world: World, its: Period) -> DeadlineRule:
    """Return the rule of the decree's regime that communes go by in a period."""
    rule = rule_for(its, "commune", world.reference.rules)
    assert rule is not None
    return rule


def _due(world: World, its: Period, working_days: int) -> date:
    """Compute a due day through the rules as services do, with another number of days."""
    reference = world.reference
    rule = replace(nd09_rule(world, its), working_days_after_close=working_days)
    form = reference.catalogue.form("F05", its)
    assert form is not None
    found = due(form, its, "commune", ("37.2",), (), (rule,), reference.calendar)
    assert found.rule_code == rule.code
    return found.at.astimezone(VIETNAM).date()


def swap(page: Page, world: World) -> None:
    """Hold a swapped weekday, its Saturday, and whether the package knows of them."""
    off, worked = page["day_off"].day(), page["day_worked"].day()
    calendar, package = world.reference.calendar, _package()
    known = page["in_holidays_0_109"].flag()
    page.only_words("source")

    assert off.weekday() < 5 <= worked.weekday()
    assert not calendar.is_working_day(off)
    assert calendar.is_working_day(worked)
    assert package.is_working_day(off) is not known
    assert package.is_working_day(worked) is known


@cache
def _package() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=range(2024, 2028))


def tet(page: Page, world: World) -> None:
    """Hold that the whole of Tết is off, and which weekdays it takes."""
    first, last = page["from"].day(), page["to"].day()
    days = [first + timedelta(days=it) for it in range((last - first).days + 1)]
    calendar = world.reference.calendar

    assert not any(map(calendar.is_working_day, days))
    assert calendar.is_working_day(first - timedelta(days=1))
    assert calendar.is_working_day(last + timedelta(days=1))
    assert [it for it in days if it.weekday() < 5] == page["weekdays_off"].days()


def culture_day(page: Page, world: World) -> None:
    """Hold that a paid day off is not worked."""
    day = page["date"].day()
    page.only_words("basis")

    assert day.weekday() < 5
    assert world.reference.calendar.is_working_day(day) is not page["paid_holiday"].flag()


def wording(page: Page, _: World) -> None:
    """Before a day leaves that day out, at the latest on a day takes it in."""
    found = Wording.parse(page["text"].text())

    last = page["last_acceptable_day"].day()
    assert found.last_acceptable_day == last
    assert found.due_at.astimezone(VIETNAM).date() == last + timedelta(days=1)
    page.only_words("note")


def formatting(page: Page, world: World) -> None:
    """Write a value as committees print it."""
    if "date" in page:
        day = page["date"].day()
        assert vietnamese.date_short(day) == page["short"].text()
        assert vietnamese.date_long(day) == page["long"].text()
        return
    assert _written(page, world) == page["vi"].text()


def _written(page: Page, world: World) -> str:
    if "rank" in page:
        return vietnamese.rank(page["rank"].number(), page["out_of"].number())
    value = Decimal(str(page["value"].plain()))
    kind = page.get("kind")
    match kind.text() if kind else "count":
        case "rate":
            return vietnamese.rate(value)
        case "score":
            points = world.reference.catalogue.indicators["par_index_score"].unit_of_measure
            return f"{vietnamese.score(value)} {points}"
        case "count_in_letter":
            return vietnamese.count_in_letter(int(value))
        case "count":
            qualifier = page.get("qualifier")
            its = Qualifier(qualifier.text()) if qualifier else Qualifier.EXACT
            return vietnamese.qualified(int(value), its)
        case other:
            raise AssertionError(f"nobody can write a {other}")
