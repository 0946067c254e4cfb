"""A directory without a deadline for some report is refused: that report could not be judged."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shared.directory.contents import DirectoryContents
from shared.directory.files import with_files
from shared.directory.loading import build_reference_data
from shared.reference.deadlines import missing_rules
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from tests.builders.reference import shipped_contents

RULE = """\
      - code: {code}
        working_days_after_close: 5
        hour: "17:00"
        source: "Mẫu"
        state: default
        {rest}
"""
ALWAYS = ("cal.always", "valid_from: 2017-01-01")


def published(tmp_path: Path, *rules: tuple[str, str]) -> DirectoryContents:
    """Return the shipped directory with these rules for calendar periods: code, further fields."""
    file = tmp_path / "regimes.yaml"
    rows = "".join(RULE.format(code=code, rest=rest) for code, rest in rules)
    file.write_text(f"regimes:\n  - code: cal\n    rules:\n{rows}", encoding="utf-8")
    return with_files(shipped_contents(), [file])


@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ([("a", "valid_to: 2026-12-31")], "cal.2027-M01"),
        ([("a", "valid_from: 2018-01-01")], "cal.2017-M01"),
        ([("a", "valid_to: 2020-06-29"), ("b", "valid_from: 2020-07-01")], "cal.2020-M06"),
        ([("a", "level: commune")], "cal.2017-M01"),
        ([("a", "level: commune"), ("b", "level: province")], "cal.2017-M01"),
    ],
)
def test_a_period_without_a_rule_is_refused_by_file_and_line(
    tmp_path: Path, rules: Sequence[tuple[str, str]], missing: str
) -> None:
    """Published, every report of that period ended in a 500 and stopped its partition."""
    contents = published(tmp_path, *rules)

    with pytest.raises(FactError, match=rf"^regimes\.yaml:3: regime cal: rules: .*{missing}"):
        build_reference_data(contents)


@pytest.mark.parametrize(
    "rules",
    [
        [ALWAYS],
        [("a", "valid_to: 2020-06-30"), ("b", "valid_from: 2020-07-01")],
        # No period ends on 2020-06-29.
        [("a", "valid_to: 2020-06-28"), ("b", "valid_from: 2020-06-30")],
        [("a", "level: commune"), ("rest", "valid_from: 2017-01-01")],
    ],
)
def test_rules_that_hold_on_every_last_day_are_taken(
    tmp_path: Path, rules: Sequence[tuple[str, str]]
) -> None:
    build_reference_data(published(tmp_path, *rules))


def test_a_regime_that_is_not_there_at_all_is_refused() -> None:
    """Its reports are accepted by the forms of this release."""
    contents = shipped_contents()
    others = replace(contents, regimes=[it for it in contents.regimes if it["code"] != "nd09"])

    with pytest.raises(FactError, match=r"regime nd09: rules: .*nd09\.2017-M01"):
        build_reference_data(others)


def test_the_check_costs_less_than_fifty_milliseconds(reference: ReferenceData) -> None:
    """Every start of every service pays for it."""
    begin = time.process_time()
    found = list(
        missing_rules(
            reference.rules,
            reference.catalogue.forms,
            reference.calendar.last,
            reference.directory.levels_owing,
        )
    )
    seconds = time.process_time() - begin

    print(f"rules for every report: {seconds * 1000:.1f} ms")
    assert found == []
    assert seconds < 0.05
