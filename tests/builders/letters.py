"""The mails of the page that a reader checks: every choice that changes their words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from services.notifier.channels.mail_writer import MailText, MailWriter
from services.notifier.domain.digest import Digest, compose
from services.notifier.domain.duties import Duty, DutyState
from shared.reference.committee_people import Contact, Enquiries
from shared.reference.committees import Committee, Demand, Extension
from shared.reference.periods import VIETNAM
from shared.reference.reference_data import ReferenceData
from shared.reference.slots import Slot
from tests.builders.notifier import COMMITTEE, DUE_AT

AS_OF = DUE_AT + timedelta(days=3, minutes=4)
LATE = ("14464.2", "14362.2", "13483.2")

HEAD = Contact(
    "Nguyễn Văn Ví",
    "truong_ban",
    "truongban@ninhbinh.example.vn",
    position="Phó Bí thư Thường trực Tỉnh ủy, Trưởng Ban Chỉ đạo",
)
MEMBER = Contact("Lê Thị Thử", "thanh_vien", "thanhvien@ninhbinh.example.vn")
OFFICER = Contact("Trần Văn Mẫu", "can_bo_dau_moi", "daumoi@ninhbinh.example.vn")
STRANGER = Contact("Phạm Văn Nháp", "van_thu", "vanthu@ninhbinh.example.vn")
WORDS = "gửi bản ký qua hệ thống quản lý văn bản và nhập số liệu trên hệ thống báo cáo"

OLD = Committee(
    key="ninh_binh_cu",
    name_vi="Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở tỉnh Ninh Bình",
    area="37.1",
    programmes=("dan_chu_co_so",),
    letter_style="state",
    contacts=(OFFICER,),
    demands=(
        Demand(
            "F05",
            "nd09.2025-M06",
            datetime(2025, 6, 20, tzinfo=VIETNAM),
            "Công văn số 31/BCĐ-VP ngày 02/6/2025",
            "trước ngày 20/6/2025",
        ),
    ),
    extensions=(
        Extension(
            "F05",
            "nd09.2025-M06",
            frozenset({"14503.1"}),
            datetime(2025, 6, 27, 17, tzinfo=VIETNAM),
            "Công văn số 36/BCĐ-VP ngày 19/6/2025",
            "chậm nhất 17 giờ 00 ngày 27/6/2025",
        ),
    ),
    enquiries=Enquiries("Trần Văn Mẫu", phone="0229 3 000 000"),
)
CITY = Committee(
    key="ho_chi_minh",
    name_vi="Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở Thành phố Hồ Chí Minh",
    area="79.2",
    programmes=("dan_chu_co_so",),
    letter_style="party",
    contacts=(STRANGER,),
    demands=(),
)


def late(
    unit: str, due_at: datetime = DUE_AT, rule: str = "nd09.2wd", slot: Slot | None = None
) -> Duty:
    """Return an overdue duty of a commune, of F05 in November 2026 where nothing else is said."""
    slot = slot or Slot(unit, "F05", "nd09.2026-M11")
    return Duty(slot, "37.2", "ninh_binh", due_at, rule, DutyState.OVERDUE)


def late_since_2025(unit: str, due_at: datetime, rule: str) -> Duty:
    """Return a duty of the month before the reform, which is late to this day."""
    return late(unit, due_at, rule, Slot(unit, "F05", "nd09.2025-M06"))


OLD_DUTIES = (
    late_since_2025("14320.1", datetime(2025, 6, 20, tzinfo=VIETNAM), OLD.demands[0].document),
    late_since_2025(
        "14503.1", datetime(2025, 6, 27, 17, tzinfo=VIETNAM), OLD.extensions[0].document
    ),
)


def digest(
    reference: ReferenceData,
    duties: tuple[Duty, ...],
    committee: Committee = COMMITTEE,
    contact: Contact | None = None,
    as_of: datetime = AS_OF,
) -> Digest:
    """Return what a committee's contact is told of these duties."""
    reported = {("F05", "nd09.2026-M11"): 126, ("F01", "nd09.2026-M10"): 128}
    reference = replace(reference, committees=(committee,))
    return compose(committee, contact or committee.contacts[0], duties, reported, as_of, reference)


def letters(reference: ReferenceData) -> Iterator[tuple[str, MailText]]:
    """Yield each mail of the page under a title: style, reader, and what is special in it."""
    three = tuple(late(it) for it in LATE)
    asked = replace(COMMITTEE, enquiries=Enquiries("Trần Văn Mẫu", "0229 3 000 000", "a@b.vn"))
    asked = replace(asked, how_to_send=WORDS)
    october = Slot(LATE[0], "F01", "nd09.2026-M10")
    two_forms = late(LATE[0], DUE_AT - timedelta(days=30), slot=october), late(LATE[1])
    state = replace(COMMITTEE, letter_style="state")
    no_position = replace(HEAD, position="")
    same_day = DUE_AT + timedelta(hours=1)
    far = datetime(2040, 1, 1, tzinfo=VIETNAM)
    saigon = late("25747.2"), late("27043.2")
    write = MailWriter().write
    for title, made in (
        ("Đảng, lãnh đạo, có chức vụ; 03 đơn vị", digest(reference, three, COMMITTEE, HEAD)),
        (
            "Đảng, thành viên; 02 biểu mẫu, 02 đơn vị",
            digest(reference, two_forms, COMMITTEE, MEMBER),
        ),
        (
            "Đảng, cán bộ đầu mối; có đầu mối liên hệ và cách gửi",
            digest(reference, three, asked, OFFICER),
        ),
        (
            "Nhà nước, lãnh đạo, chưa ghi chức vụ; 01 đơn vị, chậm chưa đến 01 ngày",
            digest(reference, three[:1], state, no_position, same_day),
        ),
        (
            "Nhà nước, thành viên; số ngày chậm chưa tính được",
            digest(reference, three[:1], state, MEMBER, far),
        ),
        (
            "Nhà nước, cán bộ đầu mối; lời của văn bản, gia hạn, đơn vị đã sắp xếp",
            digest(reference, OLD_DUTIES, OLD),
        ),
        ("Đảng, vai trò khác; Thành phố Hồ Chí Minh", digest(reference, saigon, CITY)),
    ):
        yield title, write(made)
