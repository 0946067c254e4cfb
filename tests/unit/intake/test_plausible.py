"""What can be read and hardly be meant: a question to the sender, never a refusal."""

from datetime import datetime

import pytest

from services.intake.domain.rule_context import RuleContext
from services.intake.domain.violations import Renderer
from shared.reference.periods import VIETNAM
from tests.builders.intake import HA_NOI, Report, codes, raw, verdict_on
from tests.builders.intake_journal import MemoryJournal

COMMUNE = "13324.2"


@pytest.mark.parametrize(
    ("unit", "cell", "value", "asked"),
    [
        (COMMUNE, "work_days", 9_000_000_000_000_000, True),
        (COMMUNE, "work_days", 10_000_001, True),
        (COMMUNE, "work_days", 10_000_000, False),
        (COMMUNE, "contributions_vnd", 1_000_000_000_000, False),
        (COMMUNE, "contributions_vnd", 1_000_000_000_001, True),
        (COMMUNE, "land_donated_m2", "10000000", False),
        (COMMUNE, "land_donated_m2", "10000000.01", True),
        (COMMUNE, "dvk_models_registered", 100_001, True),
        (HA_NOI, "work_days", 1_000_000_000, False),
    ],
)
def test_figures_nobody_can_believe_are_asked_about(
    context: RuleContext, unit: str, cell: str, value: int | str, asked: bool
) -> None:
    """A slipped digit is seen by who typed it, if somebody asks."""
    period = "cal.2023" if unit == HA_NOI else "nd09.2026-M10"
    verdict = verdict_on(Report(unit, "F05", period, {cell: value}), context)

    assert ("hard_to_believe" in codes(verdict)) == asked
    assert verdict.validated is not None


def test_a_note_before_unicode_is_kept_and_its_sender_told(context: RuleContext) -> None:
    """The figures are right; only the note cannot be read."""
    report = Report(COMMUNE, "F05", "nd09.2026-M10", {"work_days": 3})
    note = "Soá lieäu ñeán ngaøy 14/11"

    assert "old_encoding_of_note" in codes(verdict_on(report, context, note=note))


def test_a_figure_with_zeros_behind_is_the_figure(context: RuleContext) -> None:
    """Case 21: "1250.500" is 1250.50 exactly."""
    report = Report(COMMUNE, "F05", "nd09.2026-M10", {"land_donated_m2": "1250.500"})
    verdict = verdict_on(report, context)

    assert verdict.validated is not None
    assert verdict.validated.figures["land_donated_m2"] == "1250.50"


RUNNING = datetime(2026, 11, 20, 8, tzinfo=VIETNAM)
OVER = datetime(2026, 12, 15, 8, tzinfo=VIETNAM)
LATE = datetime(2026, 12, 20, 8, tzinfo=VIETNAM)
DECEMBER = Report(COMMUNE, "F05", "nd09.2026-M12", {"work_days": 3})


def test_a_report_before_its_period_ends_has_a_warning(context: RuleContext) -> None:
    """Case 24: offices close early, but nobody knows on the 20th what happens by the 14th."""
    early = verdict_on(DECEMBER, context, at=RUNNING)
    whole = verdict_on(DECEMBER, context, at=OVER)

    assert codes(early) == {"period_still_runs"}
    assert early.validated is not None
    assert not codes(whole)


def test_who_reported_before_the_end_is_not_late_for_a_correction(
    context: RuleContext, render: Renderer
) -> None:
    """It was received in time; what changes afterwards is a correction."""
    journal = MemoryJournal(context, render)
    journal.receive(raw(DECEMBER.document(context), received_at=RUNNING))
    corrected = Report(COMMUNE, "F05", "nd09.2026-M12", {"work_days": 4})

    (entry,) = journal.receive(raw(corrected.document(context), received_at=LATE))

    assert (entry.entry.revision, entry.entry.first_received_at) == (2, RUNNING)
    assert entry.entry.on_time
