"""A benchmark of a size that nobody meant, or that cannot end, is refused before it begins."""

import pytest

from benchmarks.settings import Size


def test_sizes_come_from_the_environment() -> None:
    """An empty variable is an unset one."""
    said = {"QCDC_BENCH_REPORTS": "20000", "QCDC_BENCH_ONE_BY_ONE": "", "QCDC_BENCH_ROUNDS": "1"}

    assert Size.from_environ(said) == Size(reports=20_000, one_by_one=3_000, rounds=1)


def test_a_full_run_is_of_200_000_reports() -> None:
    """Cost per report grows with the ledger: a smaller run flatters."""
    assert Size.from_environ({}).reports == 200_000


@pytest.mark.parametrize(
    "said",
    [
        {"QCDC_BENCH_REPORTS": "many"},
        {"QCDC_BENCH_REPORTS": "2999"},
        {"QCDC_BENCH_ONE_BY_ONE": "1"},
        {"QCDC_BENCH_ROUNDS": "0"},
    ],
)
def test_what_cannot_be_measured_is_refused(said: dict[str, str]) -> None:
    """More records one by one than there are would be waited for for ever."""
    with pytest.raises(ValueError, match=r"nothing to measure|invalid literal"):
        Size.from_environ(said)
