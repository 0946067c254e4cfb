"""Duties, reports and a committee of Ninh Bình, November 2026, as small as tests need them."""

from datetime import datetime

from services.notifier.domain.duties import Duty, DutyState
from shared.contracts.reports import ReportAccepted, ReportWithdrawn
from shared.reference.committee_people import Contact
from shared.reference.committees import Committee, Demand
from shared.reference.periods import VIETNAM
from shared.reference.slots import Slot

FORM, PERIOD, PROVINCE = "F05", "nd09.2026-M11", "37.2"
DUE_AT = datetime(2026, 11, 17, 17, tzinfo=VIETNAM)
SLOT = Slot("14464.2", FORM, PERIOD)

CONTACT = Contact("Trần Văn Mẫu", "thuong_truc", "bcd@ninhbinh.example.vn")
COMMITTEE = Committee(
    key="ninh_binh",
    name_vi="Ban Chỉ đạo phong trào thi đua “Dân vận khéo” tỉnh Ninh Bình",
    area=PROVINCE,
    programmes=("dan_van_kheo",),
    letter_style="party",
    contacts=(CONTACT,),
    demands=(Demand(FORM, PERIOD, None, "Công văn số 12-CV/BCĐ ngày 02/11/2026"),),
)


def duty(
    unit: str = SLOT.unit, state: DutyState = DutyState.OPEN, due_at: datetime = DUE_AT
) -> Duty:
    """Return a duty of a commune of Ninh Bình."""
    slot = SLOT._replace(unit=unit)
    return Duty(slot, PROVINCE, COMMITTEE.key, due_at, "nd09.2wd", state)


def accepted(
    revision: int,
    received_at: datetime,
    slot: Slot = SLOT,
    due_at: datetime = DUE_AT,
    rejudged: str | None = None,
) -> ReportAccepted:
    """Return a report that was accepted as this revision, and judged by this due instant."""
    return ReportAccepted(
        event_id=f"accepted-{slot.unit}-{revision}",
        occurred_at=received_at,
        source="demo",
        submission_id=f"submission-{slot.unit}-{revision}",
        unit=slot.unit,
        unit_type="xa",
        path=(PROVINCE,),
        form=slot.form,
        form_version=1,
        period=slot.period,
        revision=revision,
        figures={"dvk_models_new": 3},
        received_at=received_at,
        first_received_at=received_at,
        due_at=due_at,
        deadline_rule="nd09.2wd",
        on_time=received_at < due_at,
        rejudged=rejudged,
    )


def withdrawn(revision: int, received_at: datetime, slot: Slot = SLOT) -> ReportWithdrawn:
    """Return a withdrawal as this revision."""
    return ReportWithdrawn(
        event_id=f"withdrawn-{slot.unit}-{revision}",
        occurred_at=received_at,
        source="demo",
        submission_id=f"submission-{slot.unit}-{revision}",
        unit=slot.unit,
        unit_type="xa",
        path=(PROVINCE,),
        form=slot.form,
        form_version=1,
        period=slot.period,
        revision=revision,
        reason="gửi nhầm kỳ",
        received_at=received_at,
    )
