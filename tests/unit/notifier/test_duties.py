"""The life of a duty is its table, and nothing else."""

from itertools import product

import pytest

from services.notifier.domain.duties import (
    TRANSITIONS,
    Happening,
    IllegalTransition,
    State,
    advance,
)
from tests.unit.notifier.samples import duty

ILLEGAL = [it for it in product(State, Happening) if it not in TRANSITIONS]


def test_what_cannot_happen() -> None:
    """
    Nobody is accused twice, after reporting, or while excused.

    A met duty keeps its verdict: nothing postpones or excuses it.
    """
    assert ILLEGAL == [
        (State.OPEN, Happening.REINSTATED),
        (State.OVERDUE, Happening.FELL_OVERDUE),
        (State.OVERDUE, Happening.REINSTATED),
        (State.MET, Happening.FELL_OVERDUE),
        (State.MET, Happening.POSTPONED),
        (State.MET, Happening.EXCUSED),
        (State.MET, Happening.REINSTATED),
        (State.EXCUSED, Happening.FELL_OVERDUE),
        (State.EXCUSED, Happening.POSTPONED),
        (State.EXCUSED, Happening.EXCUSED),
    ]


@pytest.mark.parametrize(("state", "happening"), ILLEGAL)
def test_illegal_transition_raises_and_changes_nothing(state: State, happening: Happening) -> None:
    """A happening that the table does not know is a bug, and no state to guess."""
    before = duty(state=state)

    with pytest.raises(IllegalTransition, match=f"{state} cannot be {happening}"):
        advance(before, happening)

    assert before == duty(state=state)


@pytest.mark.parametrize(("state", "happening"), list(TRANSITIONS))
def test_transition_changes_the_state_only(state: State, happening: Happening) -> None:
    """What is owed, and until when, does not follow from what happened."""
    after = advance(duty(state=state), happening)

    assert after == duty(state=TRANSITIONS[state, happening])
