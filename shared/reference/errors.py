"""
The errors of the domain facts.

Exception
└── FactError       a fact file says something that cannot be used
"""


class FactError(Exception):
    """
    A fact file says something that cannot be used; nothing may start on it.

    Its text begins like a compiler's: "forms.yaml:37: form F05, splits 2: indicator: …".
    """

    def __init__(self, file: str, where: str, message: str, line: int | None = None) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(": ".join(part for part in (place, where, message) if part))
        self.file = file
        self.where = where
        self.message = message
        self.line = line
