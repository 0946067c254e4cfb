"""Committees: programmes, dated roles and agencies, letters in their own words."""

from collections.abc import Mapping
from datetime import date, datetime

import pytest

from shared.directory.files import DATA
from shared.directory.yaml_rows import read_yaml
from shared.reference.committee_people import Contact, Enquiries
from shared.reference.committees import Committee, build_committees
from shared.reference.errors import FactError
from shared.reference.periods import VIETNAM

SINCE = date(2025, 7, 1)
COMMITTEE: Mapping[str, object] = {
    "key": "x",
    "name_vi": "Ban Chỉ đạo",
    "area": "37.2",
    "programmes": ["dan_chu_co_so"],
    "letter_style": "party",
}
HEAD: Mapping[str, object] = {
    "role": "truong_ban",
    "name": "A",
    "email": "a@example.vn",
    "valid_from": date(2020, 1, 1),
    "valid_to": date(2025, 6, 30),
    "decision": "Số 1-QĐ/TU",
}
LETTER: Mapping[str, object] = {"form": "F05", "period": "nd09.2026", "document": "Số 12-CV/BCĐ"}


def built(**change: object) -> Committee:
    """Return the committee with these fields changed."""
    (committee,) = build_committees([{**COMMITTEE, **change}])
    return committee


def test_a_province_has_one_committee_for_both_programmes_or_two_with_one_each() -> None:
    """Long An had one combined committee in 2023, Ninh Bình two under one head."""
    combined = built(programmes=["dan_chu_co_so", "dan_van_kheo"])
    two = build_committees(
        [
            {**COMMITTEE, "key": "dan_chu", "programmes": ["dan_chu_co_so"]},
            {**COMMITTEE, "key": "dan_van", "programmes": ["dan_van_kheo"]},
        ]
    )

    assert combined.programmes == ("dan_chu_co_so", "dan_van_kheo")
    assert [(it.area, it.programmes) for it in two] == [
        ("37.2", ("dan_chu_co_so",)),
        ("37.2", ("dan_van_kheo",)),
    ]


def test_whoever_holds_a_role_on_the_day_is_written_to() -> None:
    """A head who retired must not get next year's list of late units."""
    committee = built(
        roles=[
            HEAD,
            {**HEAD, "name": "B", "email": "b@example.vn", "valid_from": SINCE, "valid_to": None},
            {"role": "thanh_vien", "name": "C", "valid_from": SINCE},
        ]
    )

    before, after = (
        committee.contacts_on(date(2025, 6, 30)),
        committee.contacts_on(date(2025, 7, 1)),
    )

    assert [it.name for it in before] == ["A"]
    assert [it.name for it in after] == ["B"]
    assert [it.name for it in committee.roles_on(date(2025, 7, 1))] == ["B", "C"]
    assert [it.name for it in committee.contacts] == ["A", "B"]
    assert committee.contacts_on(date(2019, 12, 31)) == ()
    assert committee.roles[0].decision == "Số 1-QĐ/TU"


def test_a_role_may_be_held_for_one_day() -> None:
    """Both dates are inclusive, so the shortest span is a day."""
    committee = built(roles=[{**HEAD, "valid_from": SINCE, "valid_to": SINCE}])

    held = [bool(committee.roles_on(date(2025, 7, day))) for day in (1, 2)]
    assert held == [True, False]


def test_an_address_without_dates_always_counts_and_only_once() -> None:
    """One person with two roles gets one letter."""
    plain = {"name": "A", "role": "van_phong", "email": "a@example.vn"}

    committee = built(contacts=[plain], roles=[HEAD])

    assert committee.contacts_on(date(2024, 1, 1)) == (Contact("A", "van_phong", "a@example.vn"),)
    assert committee.contacts_on(date(2026, 1, 1)) == (Contact("A", "van_phong", "a@example.vn"),)


def test_the_standing_agency_is_that_of_the_day() -> None:
    """Ban Dân vận became Ban Tuyên giáo và Dân vận; old reports keep the old name."""
    committee = built(
        standing_agencies=[
            {"name": "Ban Dân vận Tỉnh ủy", "valid_to": date(2025, 2, 28)},
            {"name": "Ban Tuyên giáo và Dân vận Tỉnh ủy", "valid_from": date(2025, 3, 1)},
        ]
    )

    names = [committee.standing_agency(on) for on in (date(2025, 2, 28), date(2025, 3, 1))]

    assert [it.name for it in names if it] == [
        "Ban Dân vận Tỉnh ủy",
        "Ban Tuyên giáo và Dân vận Tỉnh ủy",
    ]
    assert built().standing_agency(SINCE) is None


def test_letters_may_say_what_office_somebody_holds_and_whom_to_ask() -> None:
    """All of it may be left out; a phone alone is enough to ask."""
    told = built(
        roles=[{**HEAD, "position": "Bí thư Tỉnh ủy"}],
        enquiries={"phone": "0229 3 000 000"},
        how_to_send="gửi qua hệ thống quản lý văn bản",
    )

    assert told.contacts[0].position == told.roles[0].position == "Bí thư Tỉnh ủy"
    assert told.enquiries == Enquiries(phone="0229 3 000 000")
    assert told.how_to_send == "gửi qua hệ thống quản lý văn bản"
    assert (built().enquiries, built().how_to_send) == (None, "")


def test_a_letter_is_taken_at_its_words() -> None:
    """The 24th is the last day, and the words are kept to be shown."""
    (demand,) = built(demands=[{**LETTER, "deadline": "trước ngày 25/10/2026"}]).demands

    assert demand.due_at == datetime(2026, 10, 25, tzinfo=VIETNAM)
    assert demand.wording == "trước ngày 25/10/2026"


def test_a_letter_may_set_an_instant_or_leave_the_date_to_the_regime() -> None:
    """A file from a machine writes the instant as text."""
    instant = "2026-10-24T17:00:00+07:00"
    told, silent = built(demands=[{**LETTER, "due_at": instant}, LETTER]).demands

    assert told.due_at == datetime(2026, 10, 24, 17, tzinfo=VIETNAM)
    assert (silent.due_at, silent.wording, told.wording) == (None, "", "")


def test_an_extension_names_units_or_means_the_whole_area() -> None:
    """More time is granted to a flooded commune, or to the province."""
    words = {**LETTER, "deadline": "chậm nhất ngày 30/12/2026"}
    one, all_of_them = built(extensions=[{**words, "units": ["14464.2"]}, words]).extensions

    assert one.units == {"14464.2"}
    assert all_of_them.units == frozenset()
    assert one.due_at == datetime(2026, 12, 31, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"roles": [{**HEAD, "role": "boss"}]}, "roles 1: role: must be one of truong_ban"),
        ({"roles": [{**HEAD, "valid_to": date(2019, 1, 1)}]}, "roles 1: valid_to: .* is before"),
        ({"programmes": ["tourism"]}, "programmes: must be some of dan_chu_co_so, dan_van_kheo"),
        ({"programmes": ["dan_van_kheo", "dan_van_kheo"]}, "each once"),
        ({"demands": [{**LETTER, "deadline": "cuối tháng"}]}, "deadline: 'cuối tháng' does not"),
        (
            {
                "demands": [
                    {
                        **LETTER,
                        "deadline": "trước ngày 25/10/2026",
                        "due_at": "2026-10-24T17:00:00+07:00",
                    }
                ]
            },
            "demands 1: deadline: give the words of the letter or due_at, not both",
        ),
        ({"extensions": [LETTER]}, "extensions 1: an extension needs due_at or deadline"),
        (
            {"standing_agencies": [{"name": "A"}, {"name": "B", "valid_from": SINCE}]},
            "standing_agencies 2: 'B' stands together with 'A'",
        ),
        ({"enquiries": {"name": ""}}, "enquiries: needs a name, a phone or an email"),
        ({"enquiries": {"telephone": "1"}}, "enquiries: telephone: is unknown"),
        ({"valid_from": SINCE, "valid_to": date(2025, 6, 30)}, "valid_to: 2025-06-30 is before"),
    ],
)
def test_an_unusable_committee_is_named(change: dict[str, object], message: str) -> None:
    """What cannot be understood would accuse or address the wrong person."""
    with pytest.raises(FactError, match=message):
        built(**change)


def test_a_committee_is_there_once() -> None:
    """Of two with one key the second would silently replace the first."""
    with pytest.raises(FactError, match="committee x: is there twice"):
        build_committees([COMMITTEE, COMMITTEE])


def test_the_sample_shows_roles_dates_and_an_agency() -> None:
    """Whoever writes a file of their own starts from this one."""
    rows = read_yaml((DATA / "committees.yaml").read_text(encoding="utf-8"), "committees.yaml")
    (sample,) = build_committees([row.values for row in rows.rows("committees")])

    assert not sample.in_force(date(2025, 6, 30))
    assert sample.in_force(SINCE)
    assert sample.standing_agency(SINCE) is not None
    assert {role.role for role in sample.roles} == {"truong_ban", "can_bo_dau_moi"}
    assert len(sample.contacts_on(date(2026, 11, 21))) == 1
