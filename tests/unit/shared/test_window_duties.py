"""Who owes a form for a committee's window, and when it is due: nobody outside, nobody unasked."""

import pytest

from shared.reference.errors import FactError
from shared.reference.periods import Period, parse_period
from shared.reference.reference_data import ReferenceData
from tests.builders.regimes import (
    COMMITTEE,
    HA_NOI,
    RULE,
    STAGE_2023,
    YEAR_2023,
    Row,
    ha_noi_reference,
    letter,
    reference_with,
)

COMMUNES_OF_HA_NOI = 526
BA_DINH, TAM_DIEP = "D001.1", "14362.1"


def period(code: str) -> Period:
    """Return the period of a code that has one."""
    found = parse_period(code)
    assert found is not None
    return found


def owing(reference: ReferenceData, form: str, code: str, area: str) -> int:
    """Return how many units of an area owe a form for a period."""
    version = reference.catalogue.form(form, period(code))
    assert version is not None
    return len(reference.directory.owing(version, period(code), area))


def test_without_a_letter_nobody_owes_a_window() -> None:
    """A committee that may be reported to has not yet asked anybody."""
    reference = ha_noi_reference()

    assert owing(reference, "F01", STAGE_2023, "01.1") == 0
    assert owing(reference, "F01", "cal.2023", "01.1") == COMMUNES_OF_HA_NOI


def test_a_letter_asks_its_area_for_its_form_and_window_only() -> None:
    """No unit of another province, no other form, no other window of the regime."""
    asking: Row = {**COMMITTEE, "demands": [letter("F01", STAGE_2023)]}
    elsewhere: Row = {**asking, "key": "nb", "area": "37.1"}
    reference = reference_with(HA_NOI, committees=[asking])

    assert owing(reference, "F01", STAGE_2023, "01.1") == COMMUNES_OF_HA_NOI
    assert 0 < owing(reference, "F01", STAGE_2023, BA_DINH) < COMMUNES_OF_HA_NOI
    assert owing(reference, "F01", STAGE_2023, "37.1") == 0
    assert owing(reference, "F05", STAGE_2023, "01.1") == 0
    assert owing(reference, "F01", YEAR_2023, "01.1") == 0
    assert owing(reference_with(HA_NOI, committees=[elsewhere]), "F01", STAGE_2023, "37.1") == 0


def test_an_obligatory_regime_asks_for_all_its_forms_in_all_its_windows() -> None:
    """Where reports are periodic, no letter is written each year."""
    reference = reference_with({**HA_NOI, "obligatory": True, "forms": ["F01", "F05"]})

    assert owing(reference, "F01", YEAR_2023, "01.1") == COMMUNES_OF_HA_NOI
    assert owing(reference, "F01", YEAR_2023, "37.1") == 0
    assert owing(reference, "F04", YEAR_2023, "01.1") == 0
    version = reference.catalogue.form("F01", period(YEAR_2023))
    assert version is not None
    assert reference.directory.owes("00004.1", version, period(YEAR_2023))
    assert not reference.directory.owes(TAM_DIEP, version, period(YEAR_2023))


def test_a_regime_without_an_area_holds_everywhere() -> None:
    """A stage that is summed up in the whole country."""
    reference = reference_with({**HA_NOI, "area": None, "obligatory": True})

    assert owing(reference, "F01", STAGE_2023, "37.1") > 100


def test_a_window_is_due_by_the_rule_of_its_regime_or_a_letter() -> None:
    """Ten working days after 31/12/2023, or what the committee wrote."""
    asking: Row = {
        **COMMITTEE,
        "demands": [letter("F01", STAGE_2023, deadline="trước ngày 20/01/2024")],
    }

    by_rule = ha_noi_reference().due("F01", period(STAGE_2023), "00004.1")
    by_letter = reference_with(HA_NOI, committees=[asking]).due(
        "F01", period(STAGE_2023), "00004.1"
    )

    assert by_rule is not None
    assert by_letter is not None
    assert (by_rule.at.isoformat(), by_rule.rule_code) == (
        "2024-01-15T17:00:00+07:00",
        "hanoi.10wd",
    )
    assert (by_letter.at.isoformat(), by_letter.rule_code) == (
        "2024-01-20T00:00:00+07:00",
        "Số 15-CV/BCĐ",
    )


@pytest.mark.parametrize(
    ("regime", "committee", "message"),
    [
        ({**HA_NOI, "rules": []}, None, "hanoi: rules: none sets a deadline for hanoi"),
        (
            {**HA_NOI, "rules": [{**RULE, "valid_from": "2022-01-01"}]},
            None,
            "none sets a deadline for hanoi",
        ),
        ({**HA_NOI, "area": "99.9"}, None, "'99.9' is not in the directory"),
        ({**HA_NOI, "forms": ["F99"]}, None, "F99: no such form"),
        (
            HA_NOI,
            {**COMMITTEE, "demands": [letter("F01", "hanoi.20210101-20231212")]},
            "no regime lists the window hanoi.20210101-20231212",
        ),
        (
            HA_NOI,
            {**COMMITTEE, "demands": [letter("F01", "hue.20210101-20231231")]},
            "no regime lists the window hue.20210101-20231231",
        ),
    ],
)
def test_what_would_leave_a_report_hanging_is_not_published(
    regime: Row, committee: Row | None, message: str
) -> None:
    """A window without a due instant would park every report; a letter for none asks nobody."""
    with pytest.raises(FactError, match=message):
        reference_with(regime, committees=[committee] if committee else [])
