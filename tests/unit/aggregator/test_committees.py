"""The committees that people see: programmes, standing agency and roles of a day."""

from dataclasses import replace
from datetime import date

from services.aggregator.app import load_messages
from services.aggregator.usecases.committees import CommitteesAnswer, committees_of
from shared.reference.committees import build_committees
from shared.reference.reference_data import ReferenceData

NINH_BINH, COMMUNE_OF_TODAY = "37.2", "13291.2"
BEFORE, AFTER = date(2023, 6, 1), date(2025, 7, 1)
COMMITTEES: list[dict[str, object]] = [
    {
        "key": "qcdc",
        "name_vi": "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở tỉnh",
        "area": "37.1",
        "valid_to": "2025-06-30",
        "programmes": ["dan_chu_co_so"],
        "letter_style": "party",
        "standing_agencies": [{"name": "Ban Dân vận Tỉnh ủy"}],
        "roles": [
            {
                "role": "truong_ban",
                "name": "Nguyễn Văn A",
                "position": "Phó Bí thư Thường trực Tỉnh ủy, Chủ tịch HĐND tỉnh",
                "email": "a@example.vn",
            },
            {"role": "pho_truong_ban", "name": "Trần Thị B", "valid_to": "2022-12-31"},
        ],
    },
    {
        "key": "dvk",
        "name_vi": "Ban Chỉ đạo phong trào thi đua “Dân vận khéo” tỉnh",
        "area": "37.1",
        "valid_to": "2025-06-30",
        "programmes": ["dan_van_kheo"],
        "letter_style": "party",
    },
    {
        "key": "new",
        "name_vi": "Ban Chỉ đạo tỉnh",
        "area": NINH_BINH,
        "valid_from": "2025-07-01",
        "programmes": ["dan_chu_co_so", "dan_van_kheo"],
        "letter_style": "party",
        "standing_agencies": [
            {"name": "Ban Tuyên giáo và Dân vận Tỉnh ủy", "valid_from": "2025-07-01"}
        ],
    },
]


def asked(reference: ReferenceData, unit: str, on: date) -> CommitteesAnswer:
    """Ask about the committees of a unit on a day."""
    known = replace(reference, committees=build_committees(COMMITTEES))
    return committees_of(known, unit, on, load_messages())


def test_two_committees_with_one_programme_each(reference: ReferenceData) -> None:
    """Ninh Bình in 2023: two committees, and whoever held a role on the day."""
    answer = asked(reference, "37.1", BEFORE)

    assert [(it.key, [p.label for p in it.programmes]) for it in answer.committees] == [
        ("dvk", ["Phong trào thi đua “Dân vận khéo”"]),
        ("qcdc", ["Thực hiện dân chủ ở cơ sở"]),
    ]
    qcdc = answer.committees[1]
    assert qcdc.standing_agency is not None
    assert qcdc.standing_agency.name == "Ban Dân vận Tỉnh ủy"
    assert [(it.label, it.name, it.position) for it in qcdc.roles] == [
        ("Trưởng ban", "Nguyễn Văn A", "Phó Bí thư Thường trực Tỉnh ủy, Chủ tịch HĐND tỉnh")
    ]


def test_a_commune_is_in_the_care_of_the_committee_above_it(reference: ReferenceData) -> None:
    """On the day of the reform it is the committee of the new province, with its new agency."""
    (committee,) = asked(reference, COMMUNE_OF_TODAY, AFTER).committees

    assert (committee.key, committee.area.key) == ("new", NINH_BINH)
    assert committee.standing_agency is not None
    assert committee.standing_agency.name == "Ban Tuyên giáo và Dân vận Tỉnh ủy"


def test_no_address_of_a_person_is_shown(reference: ReferenceData) -> None:
    """Who reads totals need not write to the head of a committee."""
    answer = asked(reference, "37.1", BEFORE)

    assert "@" not in answer.model_dump_json()
