"""
The running work: today's Ninh Bình, the newest closed month, some communes late.

The communes are real, their figures are samples and say so in the note of each report.
"""

from collections.abc import Iterable
from datetime import datetime

import yaml

from shared.reference.catalogue import Catalogue
from shared.reference.periods import VIETNAM, Period, label_vi, latest_closed
from tools.demo.apportion import sample
from tools.demo.reports import Report, complete

AREA = "37.2"
FORM = "F05"
LATE_COUNT = 7
NOTE = "Số liệu mẫu của bản trình diễn, không phải số liệu thật."
MAILBOX_ADDRESS = "banchidao@ninhbinh.example.vn"
_COMMITTEE = (
    'Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở và phong trào thi đua "Dân vận khéo" '
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
    """Return the committee of Ninh Bình and its demand, in the shape of committees.yaml."""
    committee = {
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
    return yaml.safe_dump({"version": 1, "committees": [committee]}, allow_unicode=True)
