"""Rows of the notifier's tables as domain values, and values as columns for ``unnest``."""

from collections.abc import Iterable

import asyncpg

from services.notifier.domain.audience import Recipient
from services.notifier.domain.duties import Duty, DutyState, Filing, SlotRecord
from shared.infra.postgres.arrays import columns
from shared.reference.slots import Slot


def slot_columns(slots: Iterable[Slot]) -> list[list[object]]:
    """Return units, forms and periods, each as a column."""
    return columns(slots, len(Slot._fields))


def recipient_columns(recipients: Iterable[Recipient]) -> list[list[object]]:
    """Return committees, addresses and channels, each as a column."""
    return columns([(it.committee, it.address, it.channel) for it in recipients], 3)


def slot_of(row: asyncpg.Record) -> Slot:
    """Return the slot of a row."""
    return Slot(row["unit"], row["form"], row["period"])


def recipient_of(row: asyncpg.Record) -> Recipient:
    """Return the recipient of a row."""
    return Recipient(row["committee"], row["recipient"], row["channel"])


def duty_of(row: asyncpg.Record) -> Duty:
    """Return the duty of a row."""
    return Duty(
        slot_of(row),
        row["province"],
        row["committee"],
        row["due_at"],
        row["deadline_rule"],
        DutyState(row["state"]),
        row["incarnation"],
    )


def record_of(row: asyncpg.Record) -> SlotRecord:
    """Return what a row of the outer joins has: a filing, a duty, both or neither."""
    filed, owed = row["revision"] is not None, row["state"] is not None
    columns_of_filing = ("revision", "first_received_at", "on_time", "backfilled")
    return SlotRecord(
        Filing(*(row[it] for it in columns_of_filing)) if filed else None,
        duty_of(row) if owed else None,
    )
