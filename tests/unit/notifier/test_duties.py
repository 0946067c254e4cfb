"""The life of a duty is its table, and nothing else."""

from itertools import product

import pytest

from services.notifier.domain.duties import (
    TRANSITIONS,
    DutyState,
    DutyTrigger,
    IllegalTransition,
    advance,
)
from tests.builders.notifier import duty

ILLEGAL = [it for it in product(DutyState, DutyTrigger) if it not in TRANSITIONS]


def test_what_cannot_happen() -> None:
    """
    Nobody is accused twice, after reporting, or while excused.

    A met duty keeps its verdict: nothing postpones or excuses it.
    """
    assert ILLEGAL == [
        (DutyState.OPEN, DutyTrigger.REINSTATED),
        (DutyState.OVERDUE, DutyTrigger.FELL_OVERDUE),
        (DutyState.OVERDUE, DutyTrigger.REINSTATED),
        (DutyState.MET, DutyTrigger.FELL_OVERDUE),
        (DutyState.MET, DutyTrigger.POSTPONED),
        (DutyState.MET, DutyTrigger.EXCUSED),
        (DutyState.MET, DutyTrigger.REINSTATED),
        (DutyState.EXCUSED, DutyTrigger.FELL_OVERDUE),
        (DutyState.EXCUSED, DutyTrigger.POSTPONED),
        (DutyState.EXCUSED, DutyTrigger.EXCUSED),
    ]


@pytest.mark.parametrize(("state", "trigger"), ILLEGAL)
def test_illegal_transition_raises_and_changes_nothing(
    state: DutyState, trigger: DutyTrigger
) -> None:
    """A trigger that the table does not know is a bug, and no state to guess."""
    before = duty(state=state)

    with pytest.raises(IllegalTransition, match=f"{state} cannot be {trigger}"):
        advance(before, trigger)

    assert before == duty(state=state)


@pytest.mark.parametrize(("state", "trigger"), list(TRANSITIONS))
def test_transition_changes_the_state_only(state: DutyState, trigger: DutyTrigger) -> None:
    """What is owed, and until when, does not follow from what happened."""
    after = advance(duty(state=state), trigger)

    assert after == duty(state=TRANSITIONS[state, trigger])
