"""Rejudging: an extension in force, and the order to judge by it."""

from dataclasses import replace
from datetime import UTC, datetime

from services.intake.usecases.rejudge import RejudgeOrder
from shared.reference.committees import build_committees
from shared.reference.reference_data import ReferenceData
from tests.builders.intake_service import (
    reference,
)

PERIOD, AREA, DOCUMENT = "nd09.2026-M10", "37.2", "Công văn 12-CV/BCĐ"
_FAR = datetime(2030, 1, 1, tzinfo=UTC)
ORDER = RejudgeOrder("F05", PERIOD, DOCUMENT, area=AREA)


def extended() -> ReferenceData:
    """Return the reference data with an extension that makes everybody punctual."""
    committee = {
        "key": "thu",
        "name_vi": "Ban Chỉ đạo thử",
        "area": AREA,
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
        "extensions": [
            {"form": "F05", "period": PERIOD, "due_at": _FAR, "document": "Công văn gia hạn"}
        ],
    }
    return replace(reference(), committees=build_committees([committee]))


EXTENDED = extended()
