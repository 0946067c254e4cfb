"""The small values that events are made of, each checked once, where it enters."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints

COUNT_MAX = 2**53
"""Largest whole number that every JSON reader keeps exact (RFC 8259 section 6; rule R14)."""

EventId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
SourceName = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
UNIT_KEY_PATTERN = r"^[A-Z0-9._-]{1,40}$"
UnitKey = Annotated[str, StringConstraints(strict=True, pattern=UNIT_KEY_PATTERN)]
FormCode = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z0-9]{1,10}$")]
PeriodCode = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[a-z0-9]{1,20}\.[0-9]{4}(-[A-Z0-9]{1,4})?$")
]
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
QualifierName = Literal["at_least", "about"]
Qualifiers = Annotated[dict[CellKey, QualifierName], Field(max_length=500)]
EntryUnit = Literal["m2", "ha", "km2", "dong", "nghin_dong", "trieu_dong", "ty_dong"]
"""What an amount may be entered in; services.intake.domain.measures holds what each is worth."""

EntryUnits = Annotated[dict[CellKey, EntryUnit], Field(max_length=500)]

Severity = Literal["reject", "warn", "needs_note"]
"""Only reject refuses a report; needs_note asks for a word of explanation with a correction."""

Note = Annotated[str, StringConstraints(strict=True, max_length=2000)]
