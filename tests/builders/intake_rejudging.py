"""Rejudging: reference data in force later, and the order to judge by them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.intake.usecases.rejudge import RejudgeOrder
from shared.reference.committees import build_committees
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_service import (
    reference,
)

PERIOD, AREA, DOCUMENT = "nd09.2026-M10", "37.2", "Công văn 12-CV/BCĐ"
_FAR = datetime(2030, 1, 1, tzinfo=UTC)
ORDER = RejudgeOrder("F05", PERIOD, DOCUMENT, area=AREA)


def _with_committee(**facts: object) -> ReferenceData:
    committee = {
        "key": "thu",
        "name_vi": "Ban Chỉ đạo thử",
        "area": AREA,
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
        **facts,
    }
    return replace(reference(), committees=build_committees([committee]))


_EXTENSION = {"form": "F05", "period": PERIOD, "due_at": _FAR, "document": "Công văn gia hạn"}
EXTENDED = _with_committee(extensions=[_EXTENSION])
"""With an extension that makes everybody punctual."""
IN_USE_LATER = _with_committee(in_use_from=date(2026, 11, 1))
"""With a first day after the due instant of the period."""
