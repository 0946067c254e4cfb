"""Regimes of committees as they are published, and reference data that hold them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from shared.directory.contents import DirectoryContents
from shared.directory.loading import build_reference_data
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_contents

Row = Mapping[str, object]

RULE: Row = {
    "code": "hanoi.10wd",
    "working_days_after_close": 10,
    "hour": "17:00",
    "source": "Kế hoạch số 01-KH/BCĐ",
    "state": "custom",
}
HA_NOI: Row = {
    "code": "hanoi",
    "label_vi": "Chế độ báo cáo của Ban Chỉ đạo thành phố Hà Nội",
    "area": "01.1",
    "rules": [RULE],
    "yearly": [
        {"first": "11-16", "last": "11-15", "label": "năm báo cáo {year}"},
        {"first": "11-16", "last": "05-15", "label": "sáu tháng đầu năm báo cáo {year}"},
    ],
    "stages": [
        {"first": "2018-01-01", "last": "2020-12-31", "label": "giai đoạn 2018–2020"},
        {"first": "2021-01-01", "last": "2023-12-31", "label": "giai đoạn 2021–2023"},
    ],
}
"""Yearly from 16 November to 15 November, and two stages, one behind the other."""

YEAR_2022, YEAR_2023 = "hanoi.20211116-20221115", "hanoi.20221116-20231115"
HALF_2023 = "hanoi.20221116-20230515"
STAGE_2020, STAGE_2023 = "hanoi.20180101-20201231", "hanoi.20210101-20231231"

COMMITTEE: Row = {
    "key": "hanoi",
    "name_vi": "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở thành phố Hà Nội",
    "area": "01.1",
    "programmes": ["dan_chu_co_so"],
    "letter_style": "party",
}


def letter(form: str, period: str, **more: object) -> Row:
    """Return a letter that asks for a form for a period."""
    return {"form": form, "period": period, "document": "Số 15-CV/BCĐ", **more}


def contents_with(
    regimes: Iterable[Row] = (HA_NOI,), committees: Iterable[Row] = ()
) -> DirectoryContents:
    """Return what ships, with regimes and committees; Hà Nội is known as far back as they reach."""
    ours = shipped_contents()
    return replace(
        ours,
        units=[replace(it, known_from=None) if it.key == "01.1" else it for it in ours.units],
        regimes=[*ours.regimes, *regimes],
        committees=[*ours.committees, *committees],
    )


def reference_with(*regimes: Row, committees: Iterable[Row] = ()) -> ReferenceData:
    """Return reference data with these regimes. Raises FactError when they do not hold together."""
    return build_reference_data(contents_with(regimes, committees))


@cache
def ha_noi_reference() -> ReferenceData:
    """Return reference data with the regime of Hà Nội, of which no letter asks for anything."""
    return reference_with(HA_NOI)
