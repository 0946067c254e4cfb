"""
The errors of the aggregator's domain.

ValueError
└── NotAdditive     figures were to be added that mean nothing together
"""


class NotAdditive(ValueError):
    """Scores, ranks, categories and rates of several units have no sum."""

    def __init__(self, indicator: str) -> None:
        super().__init__(f"{indicator}: {self.__doc__}")
        self.indicator = indicator
