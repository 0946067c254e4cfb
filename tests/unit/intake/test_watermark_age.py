"""Nobody is judged later than ten seconds after the due instant, or a complaint says why."""

from datetime import timedelta

from services.intake.settings import IntakeSettings
from services.intake.usecases import advance_watermark
from services.intake.usecases.advance_watermark import CLOCK_SKEW
from services.intake.usecases.survey_unread import STANDS_AFTER
from services.notifier.usecases import horizon

JUDGED_AFTER_MAX = timedelta(seconds=10)
TRAVEL = timedelta(seconds=1)
"""From intake's transaction to the notifier's tables."""


def test_partition_that_stands_delays_nobody_beyond_the_bound() -> None:
    """The clocks, a pass that has just ended, and the time until a partition counts as standing."""
    every = timedelta(seconds=IntakeSettings.model_fields["watermark_seconds"].default)

    assert CLOCK_SKEW + every + STANDS_AFTER + TRAVEL < JUDGED_AFTER_MAX


def test_older_watermark_is_a_complaint() -> None:
    """In the service that says it, and in the one that waits for it."""
    assert advance_watermark.STALLED_AFTER <= JUDGED_AFTER_MAX
    assert horizon.STALLED_AFTER <= JUDGED_AFTER_MAX
