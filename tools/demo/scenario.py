"""Everything the demo knows before it starts: units, reports, and what must come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.directory.loading import load_reference_data
from shared.reference.periods import Period
from shared.reference.reference_data import ReferenceData
from tools.demo import current
from tools.demo.articles import Article, articles
from tools.demo.deliveries import Delivery, Load, in_time, plan_load
from tools.demo.expectations import Expectation, expectations
from tools.demo.poison import Poison, not_json, poisons
from tools.demo.reports import Report, reports_of
from tools.demo.roster import demo_units, write_directory

_STRAY_PERIOD = "cal.2020"
"""A year of which no article speaks: what is reported for it by mistake is withdrawn for good."""


@dataclass(frozen=True)
class Scenario:
    """What is sent, who stays silent, and what the totals must say."""

    reference: ReferenceData
    directory_file: Path
    load: Load
    poisons: tuple[Poison, ...]
    unreadable: Poison
    expected: tuple[Expectation, ...]
    period: Period
    in_time: tuple[Delivery, ...]
    late: tuple[str, ...]


def build(scratch: Path, now: datetime, told: Sequence[Article] | None = None) -> Scenario:
    """Lay everything out, with the articles as they stand or variants of them."""
    told = articles() if told is None else told
    directory_file = scratch / "units.csv"
    write_directory(directory_file, demo_units(load_reference_data().directory, told))
    reference = load_reference_data([directory_file])
    reports = [it for article in told for it in reports_of(article, reference.catalogue)]
    front, models = _first(reports, "F04", "01.1"), _first(reports, "F05", "37.1")
    stray = Report(front.unit, front.form, _STRAY_PERIOD, front.figures)
    period = current.current_period(now)
    owing = _owing(reference, period)
    late = current.late_units(owing)
    punctual = [
        current.current_report(key, period, reference.catalogue) for key in owing if key not in late
    ]
    return Scenario(
        reference=reference,
        directory_file=directory_file,
        load=plan_load(reports, stray, now),
        poisons=poisons(front, models, now),
        unreadable=not_json(front, now),
        expected=tuple(expectations(told, reference.catalogue)),
        period=period,
        in_time=in_time(punctual, now),
        late=late,
    )


def _owing(reference: ReferenceData, period: Period) -> list[str]:
    form = reference.catalogue.form(current.FORM, period)
    if form is None:
        raise ValueError(f"no form {current.FORM} for {period.code}")
    return [it.key for it in reference.directory.owing(form, period, current.AREA)]


def _first(reports: Sequence[Report], form: str, area: str) -> Report:
    return next(
        it for it in reversed(reports) if it.form == form and it.unit.startswith(f"FX-{area}-")
    )
