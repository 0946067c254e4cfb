"""Nobody is accused who reported in time, or whose time has not come."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from services.aggregator.app import load_messages
from services.aggregator.domain.basis import unfounded
from services.aggregator.domain.coverage import (
    ReportReceipt,
    Straggler,
    added,
    coverage,
    stragglers,
)
from services.aggregator.domain.scopes import Scope
from services.aggregator.usecases.figures import FigureWriter
from services.aggregator.usecases.late import late_units
from shared.contracts.totals import Unfounded
from shared.reference.directory import Directory, Unit
from tests.builders.accepted_reports import DAY
from tests.builders.periods import period

DUE = DAY
HOUR, DAY_LONG = timedelta(hours=1), timedelta(days=1)
KNOWN_FROM = date(2023, 12, 1)


def receipt(unit: str, *, on_time: bool | None = True) -> ReportReceipt:
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


def test_who_owed_before_the_units_are_known_is_no_fact() -> None:
    """The tree of January 2025 says nothing about 2023; it does about today's communes."""
    old = Unit("01.1", "01", "province", "tinh", "Tỉnh A", None, None, DAY.date(), KNOWN_FROM)
    new = replace(old, key="01.2", valid_from=DAY.date() + DAY_LONG, valid_to=None, known_from=None)
    directory = Directory([old, new])

    def why(code: str, *areas: str) -> Unfounded | None:
        return unfounded(directory, {period(code): Scope(areas=areas)})

    assert why("cal.2022", "01.1") == Unfounded(reason="units_not_known", known_from=KNOWN_FROM)
    assert why("cal.2023", "01.1") is None  # its last day is known, and that day decides who owes
    assert why("cal.2022", "01.2") is None  # it did not exist, and nobody owed below it
    assert why("cal.2022", "01.2", "01.1") is not None
    founded, not_founded = (
        coverage(frozenset("A"), []),
        coverage(frozenset("A"), [], why("cal.2022", "01.1")),
    )
    assert added([founded, not_founded]).unfounded == not_founded.unfounded
    assert "unfounded" not in founded.model_dump()


def test_shares_without_a_basis_are_no_percentages() -> None:
    """Neither 0 % nor 100 % may stand for what nobody knows."""
    writer = FigureWriter(load_messages())

    shares = [
        writer.share(1446, 1566, founded=True),
        writer.share(149, 151, founded=False),
        writer.share(0, 0, founded=True),
    ]

    assert [(it.value, it.display) for it in shares] == [
        ("92.3", "92,3%"),
        (None, "không đủ căn cứ"),
        (None, "–"),
    ]


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


def test_history_entered_after_the_fact_has_no_punctuality() -> None:
    """It is reported; it is neither on time nor late, and nobody is listed for it."""
    history = {it: receipt(it, on_time=None) for it in "AB"} | {"C": receipt("C", on_time=False)}

    counted = coverage(frozenset("ABCD"), history.values())

    assert (counted.expected, counted.reported, counted.missing) == (4, 3, 1)
    assert (counted.on_time, counted.late, counted.backfilled) == (0, 1, 2)
    assert added([counted, counted]).backfilled == 4
    listed = stragglers("F05", frozenset("ABCD"), history, lambda _: None, DUE + HOUR)
    assert [it.unit for it in listed] == ["C"]


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
