"""
The errors of the aggregator, beside those of its domain (``domain/errors.py``).

TimeoutError
└── Contended           another partition wrote the same key first; try again
ValueError
└── QuestionRefused     a question that cannot be answered
Misconfigured
├── CannotSign          the figures do not exist, or not yet
└── CannotRebuild       a rebuild cannot begin or cannot be finished; the live ledger is untouched
    ├── LogUndecided    a partition of the topic waits for an operator
    ├── ReportTooNew    the topic holds what a newer release has counted
    ├── LogTooShort     the topic does not hold every record that was counted
    └── RebuildRunning  another rebuild is running
"""

from collections.abc import Mapping

from shared.infra.errors import Misconfigured, Partition


class Contended(TimeoutError):
    """
    Another partition has just written the first report or total under the same key.

    Nothing was changed; the batch is tried again, as after any other failure of infrastructure.
    """


class QuestionRefused(ValueError):
    """
    A question that cannot be answered.

    ``code`` names the sentence of the catalogue that explains why; *members* are part of the
    answer and may be named in the sentence, *shown* may be named in the sentence only.
    """

    def __init__(
        self, code: str, shown: Mapping[str, object] | None = None, **members: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.members = members
        self.values = {**members, **(shown or {})}


class CannotSign(Misconfigured):
    """The figures that are to be signed do not exist, or not yet."""


class CannotRebuild(Misconfigured):
    """The rebuild cannot go on; the live ledger is untouched."""


class LogTooShort(CannotRebuild):
    """
    The topic no longer holds every record that was counted.

    ``qcdc republish`` publishes them again; then ``qcdc rebuild aggregator --verify``.
    """

    def __init__(self, partition: Partition, detail: str) -> None:
        super().__init__(
            f"{partition.topic}/{partition.partition} no longer holds all that was counted"
            f" ({detail}); run: qcdc republish, then qcdc rebuild aggregator --verify"
        )


class LogUndecided(CannotRebuild):
    """The log is not the one that was counted, or has lost what was not counted yet."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(
            f"{partition.topic}/{partition.partition} is not what was read of it, and nobody has"
            " decided what to do; run: qcdc positions show"
        )


class ReportTooNew(CannotRebuild):
    """A newer release of the aggregator has counted what this one cannot read."""

    def __init__(self, partition: Partition, offset: int) -> None:
        super().__init__(
            f"{partition.topic}/{partition.partition} holds at {offset} what only a newer release"
            " can read; run the rebuild of that release"
        )


class RebuildRunning(CannotRebuild):
    """Another rebuild of this ledger is running."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
