"""Nobody is accused who reported in time, or whose time has not come."""

from datetime import datetime, timedelta

from services.aggregator.domain.coverage import (
    ReportReceipt,
    Straggler,
    added,
    coverage,
    stragglers,
)
from services.aggregator.usecases.late import late_units
from shared.reference.directory import Directory, Unit
from tests.builders.accepted_reports import DAY

DUE = DAY
HOUR = timedelta(hours=1)


def receipt(unit: str, *, on_time: bool = True) -> ReportReceipt:
    """Return what is kept of a unit's report."""
    first = DUE - HOUR if on_time else DUE + HOUR
    return ReportReceipt(unit, on_time, first, first, DUE)


def test_coverage_counts_only_who_owes() -> None:
    """On time and late make reported; reported and missing make expected."""
    receipts = [receipt("A"), receipt("B", on_time=False), receipt("volunteer")]

    counted = coverage(frozenset("ABC"), receipts)

    assert (counted.expected, counted.reported, counted.on_time, counted.late) == (3, 2, 1, 1)
    assert counted.missing == 1
    assert added([counted, counted]).missing == 2


def test_missing_begins_when_the_due_instant_has_passed() -> None:
    """Not at the instant itself, and never for a unit whose due instant is unknown."""

    def named(as_of: datetime, due_at: datetime | None = DUE) -> list[Straggler]:
        receipts = {"A": receipt("A"), "B": receipt("B", on_time=False)}
        return stragglers("F05", frozenset("ABC"), receipts, lambda _: due_at, as_of)

    late = Straggler("B", "F05", "late", DUE, DUE + HOUR)
    missing = Straggler("C", "F05", "missing", DUE)
    assert named(DUE) == [late]
    assert named(DUE + timedelta(microseconds=1)) == [missing, late]
    assert named(DUE + HOUR, due_at=None) == [late]


def test_late_list_is_in_the_order_of_the_alphabet() -> None:
    """Missing first; Đ comes after D, and tones do not decide before letters do."""
    names = {"1": "Xã Đông", "2": "Xã Dũng", "3": "Xã An", "4": "Xã Ba"}
    units = [
        Unit(key, key, "province", "tinh", name, None, None, None) for key, name in names.items()
    ]
    late = Straggler("3", "F05", "late", DUE, DUE)
    missing = [Straggler(key, "F05", "missing", DUE) for key in "142"]

    listed = late_units([late, *missing], Directory(units), DAY.date(), {"F05": "cap_uy"})

    assert [it.name for it in listed] == ["Xã Ba", "Xã Dũng", "Xã Đông", "Xã An"]
