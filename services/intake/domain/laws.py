"""The days from which laws count that rules are dated by."""

from datetime import date

LAW_10_2022 = date(2023, 7, 1)
"""Law 10/2022/QH15 on grassroots democracy."""

LAW_72_2025 = date(2025, 6, 16)
"""Law 72/2025/QH15."""
