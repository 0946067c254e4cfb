"""Ninh Bình with one unit of each type beside its communes, whose committee asks them for F05."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from shared.directory.contents import contents_of, entities_of
from shared.directory.files import shipped
from shared.directory.loading import build_reference_data
from shared.reference.reference_data import ReferenceData
from tests.builders.country import added_units

PROVINCE, OTHER_PROVINCE = "37.2", "01.2"
AGENCY, FORCES = f"CO_QUAN-{PROVINCE}", f"CONG_AN-{PROVINCE}"
AGENCY_ELSEWHERE = f"CO_QUAN-{OTHER_PROVINCE}"
MANDATE: Mapping[str, object] = {
    "form": "F05",
    "levels": ["agency", "armed_forces"],
    "valid_from": date(2026, 1, 1),
    "document": "Kế hoạch số 05-KH/BCĐ ngày 15/12/2025",
}


def mandated(*mandates: Mapping[str, object], **committee: object) -> ReferenceData:
    """Return what services follow when the committee has made others owe, as the topic has it."""
    known = shipped()
    (ours,) = known.committees
    units = [*known.units, *added_units(PROVINCE), *added_units(OTHER_PROVINCE)]
    widened = {**ours, "mandates": list(mandates), **committee}
    return build_reference_data(
        contents_of(entities_of(replace(known, units=units, committees=[widened])))
    )


@cache
def with_departments() -> ReferenceData:
    """Return what services follow when agencies, army and police are asked for F05 from 2026."""
    return mandated(MANDATE)
