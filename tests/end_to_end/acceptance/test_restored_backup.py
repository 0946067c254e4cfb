"""Intake's database comes back from a backup while the line works: what is acknowledged counts."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.builders.backup import Restore, copied, dumped
from tests.end_to_end.acceptance.country import Country, until, until_equal
from tests.end_to_end.acceptance.place import LAST_YEAR, RESTORED
from tests.end_to_end.acceptance.writing import models

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

HALF = f"cal.{LAST_YEAR}-H1"


@contextmanager
def intake_stops(country: Country) -> Iterator[None]:
    """Stop intake, as an operator should."""
    intake = country.deployment.services["intake"]
    intake.stop()
    yield
    intake.start()
    intake.wait_ready()


@contextmanager
def intake_goes_on(_: Country) -> Iterator[None]:
    """Leave it at work: the tables are replaced under it."""
    yield


needs_pg_dump = pytest.mark.skipif(not shutil.which("pg_dump"), reason="there is no pg_dump")


@pytest.mark.parametrize(
    ("backup", "units", "pause"),
    [
        pytest.param(copied, RESTORED[:3], intake_stops, id="copied"),
        pytest.param(dumped, RESTORED[3:], intake_goes_on, id="dumped", marks=needs_pg_dump),
    ],
)
def test_what_is_acknowledged_after_a_restore_counts(
    country: Country,
    tmp_path: Path,
    backup: Callable[[str, Path], Restore],
    units: tuple[str, str, str],
    pause: Callable[[Country], AbstractContextManager[None]],
) -> None:
    """F14: revisions were handed out again, and readers dropped them as old."""
    corrected, undone, submitted = units
    province = f"{corrected[:2]}.1"
    for unit in (corrected, undone):
        country.accepted(unit, HALF, models(11))
    until_equal(lambda: country.value(province, HALF), 22, "the reports before the backup")
    with pause(country):
        restore = backup(country.deployment.databases["intake"], tmp_path)
    for unit in (corrected, undone):
        country_accepts(country, unit, 22)
    country.write(submitted, HALF, models(5))
    until_equal(lambda: country.value(province, HALF), 49, "what the backup lacks")

    with pause(country):
        restore()
    country_accepts(country, corrected, 33)
    country_accepts(country, undone, 11)

    until_equal(lambda: country.value(province, HALF), 33 + 11 + 5, "what was acknowledged last")


def country_accepts(country: Country, unit: str, number: int) -> None:
    """Submit until there is an answer: the server was stopped, or the journal is another."""

    def accepted() -> bool:
        verdict = country.send(unit, HALF, models(number))
        assert not verdict.get("unchanged"), verdict
        return verdict.get("verdict") == "accepted"

    until(accepted, f"{number} is not accepted")
