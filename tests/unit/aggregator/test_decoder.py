"""Records of the reports topic become revisions, or dead letters with a reason."""

import pytest

from services.aggregator.domain.layouts import Layouts
from services.aggregator.domain.reports import Revision
from services.aggregator.entry.kafka import ReportDecoder
from shared.contracts.event import Event
from shared.infra.kafka.records import Newer, Poison
from tests.builders.accepted_reports import (
    ReportSubject,
    Value,
    accepted,
    raw,
    record,
    revision_of,
    withdrawn,
)


def test_figures_stand_in_cell_order_and_smallest_units(layouts: Layouts) -> None:
    """Hundredths for areas, whole numbers for counts, None for what is not reported."""
    figures: dict[str, Value] = {
        "land_donated_m2": "4197000.5",
        "dvk_models_new": 421,
        "dvk_models_removed": None,
    }
    qualifiers = {"land_donated_m2": "about", "dvk_models_removed": "at_least"}

    counted = revision_of(accepted(figures, qualifiers=qualifiers), layouts).counted

    position = layouts.require("F05", "cal.2023").form.position
    stated = {key: (counted.figures or ())[position[key]] for key in figures}
    assert stated == {
        "land_donated_m2": 419_700_050,
        "dvk_models_new": 421,
        "dvk_models_removed": None,
    }
    assert [it for it in counted.figures or () if it is not None] == [419_700_050, 421]
    assert counted.about == (position["land_donated_m2"],)
    assert counted.at_least == ()  # no figure that could be "more than"


def test_withdrawal_has_no_figures(layouts: Layouts) -> None:
    """It is a revision like any other, that counts nothing."""
    revision = revision_of(withdrawn(revision=3), layouts)

    assert (revision.counted.revision, revision.counted.figures) == (3, None)
    assert revision.counted.province == "37.1"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (accepted({"work_days": "1.5"}), "bad_figure"),
        (accepted({"work_days": 1}, ReportSubject(path=("37.1", "37.1"))), "area_named_twice"),
    ],
)
def test_what_makes_no_sense_is_set_aside(event: Event, reason: str, layouts: Layouts) -> None:
    """A fault between intake and us: never guessed at, never counted in part."""
    assert ReportDecoder(layouts)(record(event)) == Poison(reason)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (accepted({"no_such_cell": 1}), "newer_indicator"),
        (accepted({"work_days": 1}, qualifiers={"no_such_cell": "about"}), "newer_indicator"),
        (accepted({"work_days": 1}, ReportSubject(form="F99")), "newer_form"),
        (accepted({"work_days": 1}).model_copy(update={"form_version": 99}), "newer_form"),
        (accepted({"work_days": 1}, ReportSubject(period="cal.2023-M13")), "newer_form"),
        (withdrawn(ReportSubject(form="F99")), "newer_form"),
    ],
)
def test_what_passed_the_catalogue_of_a_newer_intake_waits_for_that_release(
    event: Event, reason: str, layouts: Layouts
) -> None:
    """As a dead letter it would be missing in the totals for ever."""
    assert ReportDecoder(layouts)(record(event)) == Newer(reason)


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_that_was_extended_is_read_as_before(version: int, layouts: Layouts) -> None:
    """Version 1 of F04 lacks what was carried in: nobody reported it."""
    event = accepted({"pib_cases_resolved": 3}, ReportSubject(form="F04"))

    revision = ReportDecoder(layouts)(record(event.model_copy(update={"form_version": version})))

    assert isinstance(revision, Revision)
    layout = layouts.require("F04", "cal.2023")
    assert revision.counted.figures is not None
    assert len(revision.counted.figures) == layout.width
    assert revision.counted.figures[layout.form.position["pib_cases_carried_in"]] is None
    assert revision.form_version == version


@pytest.mark.parametrize("type_name", [b"qcdc.ReportAccepted.v2", b"qcdc.ReportAmended.v1"])
def test_a_newer_type_of_ours_waits_for_its_release(type_name: bytes, layouts: Layouts) -> None:
    """What it holds is not looked at."""
    headers = [("ce_type", type_name), ("ce_source", b"qcdc/intake")]

    assert ReportDecoder(layouts)(raw(b"", headers)) == Newer("newer_type")


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"{}", [], "unknown_type"),
        (b"{}", [("ce_type", b"qcdc.SomethingElse.v1")], "unknown_type"),
        (b"{}", [("ce_type", b"qcdc.ReportAccepted.v1")], "unreadable"),
        (None, [("ce_type", b"qcdc.ReportAccepted.v1")], "unreadable"),
        (b"\xff\xfe", [("ce_type", b"qcdc.ReportWithdrawn.v1")], "unreadable"),
    ],
)
def test_what_cannot_be_read_is_set_aside(
    body: bytes | None, headers: list[tuple[str, bytes]], reason: str, layouts: Layouts
) -> None:
    """An exception here would stop the partition for ever."""
    assert ReportDecoder(layouts)(raw(body, headers)) == Poison(reason)


def test_first_type_header_holds(layouts: Layouts) -> None:
    """Headers may repeat; everybody reads the first."""
    whole = record(accepted({"work_days": 1}))
    twice = raw(whole.value, [*whole.headers, ("ce_type", b"qcdc.Other.v1")])

    assert isinstance(ReportDecoder(layouts)(twice), Revision)
