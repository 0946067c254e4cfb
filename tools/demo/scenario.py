"""
Everything the demo knows before it starts: units, reports, and what must come out.

The running work is today's Ninh Bình in the newest closed month, some communes late. The communes
are real; their figures are samples and say so in the note of each report.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from shared.directory.loading import load_reference_data
from shared.reference.catalogue import Catalogue
from shared.reference.periods import VIETNAM, Period, label_vi, latest_closed
from shared.reference.reference_data import ReferenceData
from tools.demo.apportion import sample
from tools.demo.articles import REGIMES, Article, articles, demo_units, write_directory
from tools.demo.deliveries import Delivery, Load, Poison, in_time, not_json, plan_load, poisons
from tools.demo.reports import Expectation, Report, complete, expectations, reports_of

_STRAY_PERIOD = "cal.2020"
"""A year of which no article speaks: what is reported for it by mistake is withdrawn for good."""


@dataclass(frozen=True)
class Scenario:
    """What is sent, who stays silent, and what the totals must say."""

    reference: ReferenceData
    directory_files: tuple[Path, ...]
    load: Load
    poisons: tuple[Poison, ...]
    unreadable: Poison
    expected: tuple[Expectation, ...]
    period: Period
    in_time: tuple[Delivery, ...]
    late: tuple[str, ...]


def build(scratch: Path, now: datetime, stated: Sequence[Article] | None = None) -> Scenario:
    """Lay everything out, with the articles as they stand or variants of them."""
    stated = articles() if stated is None else stated
    real = load_reference_data().directory
    directory_files = (*write_directory(scratch, demo_units(real, stated)), REGIMES)
    reference = load_reference_data(directory_files)
    reports = [it for article in stated for it in reports_of(article, reference.catalogue)]
    front, models = _first(reports, "F04", "01.1"), _first(reports, "F05", "37.1")
    stray = Report(front.unit, front.form, _STRAY_PERIOD, front.figures)
    period = current_period(now)
    owing = _owing(reference, period)
    late = late_units(owing)
    punctual = [
        current_report(key, period, reference.catalogue) for key in owing if key not in late
    ]
    return Scenario(
        reference=reference,
        directory_files=directory_files,
        load=plan_load(reports, stray, now),
        poisons=poisons(front, models, now),
        unreadable=not_json(front, now),
        expected=tuple(expectations(stated, reference.catalogue)),
        period=period,
        in_time=in_time(punctual, now),
        late=late,
    )


def _owing(reference: ReferenceData, period: Period) -> list[str]:
    form = reference.catalogue.form(FORM, period)
    if form is None:
        raise ValueError(f"no form {FORM} for {period.code}")
    return [it.key for it in reference.directory.owing(form, period, AREA)]


def _first(reports: Sequence[Report], form: str, area: str) -> Report:
    return next(
        it for it in reversed(reports) if it.form == form and it.unit.startswith(f"FX-{area}-")
    )


AREA = "37.2"
_OTHER_AREAS = ("01.2", "42.2", "80.2")
"""Today's provinces in which the other articles' places lie."""
FORM = "F05"
LATE_COUNT = 7
NOTE = "Số liệu mẫu của bản chạy thử, không phải số liệu thật."
MAILBOX_ADDRESS = "banchidao@ninhbinh.example.vn"
_COMMITTEE = (
    "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở và phong trào thi đua “Dân vận khéo” "
    "tỉnh Ninh Bình"
)


def current_period(now: datetime) -> Period:
    """Return the newest month of Decree 09/2019 that has closed in Vietnam."""
    return latest_closed("nd09", "month", now.astimezone(VIETNAM).date())


def late_units(units: Iterable[str]) -> tuple[str, ...]:
    """Return those of the units that do not report in time: the same in every run."""
    drawn = sorted(units, key=lambda key: (sample(f"late {key}", 2**32), key))
    return tuple(sorted(drawn[:LATE_COUNT]))


def current_report(unit: str, period: Period, catalogue: Catalogue) -> Report:
    """
    Return a sample report of one unit, with a stock that balances.

    Raises ValueError when no version of the form is in force.
    """
    form = catalogue.form(FORM, period)
    if form is None:
        raise ValueError(f"no form {FORM} for {period.code}")
    opening, new = 4 + sample(f"opening {unit}", 12), sample(f"new {unit}", 4)
    removed = sample(f"removed {unit}", 2)
    stated = {
        "dvk_models_opening": opening,
        "dvk_models_new": new,
        "dvk_models_removed": removed,
        "dvk_models_total": opening + new - removed,
    }
    return Report(unit, FORM, period.code, complete(stated, form, catalogue), note=NOTE)


def committee_file(period: Period, due_at: datetime) -> str:
    """
    Return the committee of Ninh Bình and its demand, in the shape of committees.yaml.

    All provinces begin with this month: the articles' years are history entered after the fact.
    """
    first_day = {"in_use_from": period.first_day}
    others = [
        {
            "key": f"mau_{area}",
            "name_vi": "Ban Chỉ đạo mẫu",
            "area": area,
            "programmes": ["dan_chu_co_so", "dan_van_kheo"],
            "letter_style": "party",
            **first_day,
        }
        for area in _OTHER_AREAS
    ]
    committee = {
        **first_day,
        "key": "ninh_binh",
        "name_vi": _COMMITTEE,
        "area": AREA,
        "programmes": ["dan_chu_co_so", "dan_van_kheo"],
        "letter_style": "party",
        "contacts": [
            {
                "name": "Trần Văn Mẫu",
                "role": "thuong_truc",
                "email": MAILBOX_ADDRESS,
            }
        ],
        "demands": [
            {
                "form": FORM,
                "period": period.code,
                "due_at": due_at.astimezone(VIETNAM),
                "document": f"Công văn mẫu về báo cáo {label_vi(period)}",
            }
        ],
    }
    return yaml.safe_dump({"version": 1, "committees": [committee, *others]}, allow_unicode=True)
