"""Periods by their codes."""

from shared.reference.periods import Period, parse_period


def period(code: str) -> Period:
    """Return a period that must exist."""
    parsed = parse_period(code)
    assert parsed is not None, code
    return parsed


def year(number: int) -> Period:
    """Return a calendar year."""
    return period(f"cal.{number}")
