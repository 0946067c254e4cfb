"""How large a run is; a small one shows that everything works, not how fast it is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """The defaults are the measurement of record."""

    reports: int = 200_000
    """QCDC_BENCH_REPORTS: distinct reports in the log; corrections and withdrawals add 12 %."""
    one_by_one: int = 3_000
    """QCDC_BENCH_ONE_BY_ONE: records for the peer that handles each by itself."""
    rounds: int = 3
    """QCDC_BENCH_ROUNDS: of each competitor; the median counts."""

    def __post_init__(self) -> None:
        """Refuse a run that could not end or that has no median."""
        if not 2 <= self.one_by_one <= self.reports or self.rounds < 1:  # noqa: PLR2004 - a rate
            raise ValueError(f"there is nothing to measure in {self}")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Size":
        """
        Read the variables; an empty one counts as unset, as it does in a shell script.

        Raises ValueError on what is no number, or too small a one.
        """
        names = ("reports", "one_by_one", "rounds")
        values = {it: environ.get(f"QCDC_BENCH_{it.upper()}") for it in names}
        return cls(**{name: int(value) for name, value in values.items() if value})
