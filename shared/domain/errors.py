"""
The errors of the domain facts.

Exception
└── FactError       a fact file says something that cannot be used
"""


class FactError(Exception):
    """A fact file says something that cannot be used; nothing may start on it."""

    def __init__(self, file: str, where: str, message: str) -> None:
        super().__init__(f"{file}: {where}: {message}")
        self.file = file
        self.where = where
        self.message = message
