"""
The small values that events are made of, each checked once, where it enters.

What a contract lets pass can be stored: its ranges are those of the columns of the tables.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StrictInt, StringConstraints

COUNT_MAX = 2**53
"""Largest whole number that every JSON reader keeps exact (RFC 8259 section 6; rule R14)."""

_INTEGER_MAX = 2**31 - 1
PositiveInt32 = Annotated[int, Field(gt=0, le=_INTEGER_MAX)]
NonNegativeInt32 = Annotated[int, Field(ge=0, le=_INTEGER_MAX)]
"""What PostgreSQL's ``integer`` holds."""

_MARGIN = timedelta(days=366)
INSTANT_MIN = datetime.min.replace(tzinfo=UTC) + _MARGIN
INSTANT_MAX = datetime.max.replace(tzinfo=UTC) - _MARGIN
Instant = Annotated[AwareDatetime, Field(ge=INSTANT_MIN, le=INSTANT_MAX)]
"""An instant within Python's years in every time zone, also a term of days later."""

# PostgreSQL's text holds no NUL; a lone surrogate is refused by pydantic, as no UTF-8 has it.
_NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(pattern=_NO_NUL, max_length=10_000)]
Name = Annotated[str, StringConstraints(pattern=_NO_NUL, max_length=500)]
"""A text that an index may hold: at most 2,000 of the 2,704 bytes of an entry of a B-tree."""

EventId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
SourceName = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
UNIT_KEY_PATTERN = r"^[A-Z0-9._-]{1,40}$"
UnitKey = Annotated[str, StringConstraints(strict=True, pattern=UNIT_KEY_PATTERN)]
FormCode = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z0-9]{1,10}$")]
PeriodCode = Annotated[
    str,
    StringConstraints(
        strict=True, pattern=r"^[a-z0-9]{1,20}\.([0-9]{4}(-[A-Z0-9]{1,4})?|[0-9]{8}-[0-9]{8})$"
    ),
]
"""``cal.2023``, ``nd09.2026-M11``, or a committee's own window: ``hanoi.20210101-20231212``."""

CellKey = Annotated[
    str,
    StringConstraints(
        strict=True, pattern=r"^[a-z0-9_]{1,60}(\[[a-z_]+=[a-z0-9_+]+(,[a-z_]+=[a-z0-9_+]+)*\])?$"
    ),
]

WholeNumber = Annotated[StrictInt, Field(ge=0, le=COUNT_MAX)]
DecimalText = Annotated[
    str, StringConstraints(strict=True, pattern=r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,9})?$")
]
"""Nine decimals, so that an amount in km² or tỷ đồng is exact; what is kept has two or none."""

FigureValue = WholeNumber | DecimalText | None
"""A count is an integer, a score, rate or area a decimal string, null means not reported."""

Figures = Annotated[dict[CellKey, FigureValue], Field(min_length=1, max_length=500)]
FiguresByUnit = Annotated[dict[UnitKey, Figures], Field(max_length=50)]
QualifierName = Literal["at_least", "at_most", "about"]
"""More than ("hơn"), at most ("gần", "dưới", "không quá"), about ("khoảng") the figure."""
Qualifiers = Annotated[dict[CellKey, QualifierName], Field(max_length=500)]
EntryUnit = Literal["m2", "ha", "km2", "dong", "nghin_dong", "trieu_dong", "ty_dong"]
"""What an amount may be entered in; services.intake.domain.measures holds what each is worth."""

EntryUnits = Annotated[dict[CellKey, EntryUnit], Field(max_length=500)]

Severity = Literal["reject", "warn", "needs_note"]
"""Only reject refuses a report; needs_note asks for a word of explanation with a correction."""

Note = Annotated[str, StringConstraints(strict=True, max_length=2000)]
