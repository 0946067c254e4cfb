"""The partition of a province: one for its reports, totals and duties, whatever is published."""

from collections.abc import Iterable
from datetime import date

import pytest

from shared.directory.partitions import partition_of
from shared.reference.directory import Directory, Unit

PARTITIONS = 12


def province(key: str, since: date | None = None) -> Unit:
    return Unit(key, key.partition(".")[0], "province", "tinh", f"Tỉnh {key}", None, since, None)


def directory(*units: Unit) -> Directory:
    return Directory(units)


def partitions(keys: Iterable[str], known: Directory) -> dict[str, int]:
    return {key: partition_of(key, known, PARTITIONS) for key in keys}


def test_a_new_generation_moves_no_province() -> None:
    """Two writers of one province would wait for each other's rows."""
    old = [province(f"{number:02}.1") for number in range(20)]
    new = [province("90.2", date(2025, 7, 1)), *old]
    keys = [it.key for it in old]

    assert partitions(keys, directory(*old)) == partitions(keys, directory(*new))
    assert set(partitions(keys, directory(*old)).values()) == set(range(PARTITIONS))


@pytest.mark.parametrize("known", [(), ("01.1", "02.1")])
def test_a_province_that_is_not_listed_has_one_partition_all_the_same(
    known: tuple[str, ...],
) -> None:
    """Its last events must leave the outbox, or they stop those of every other province."""
    listed = directory(*map(province, known))

    assert partition_of("99.1", listed, PARTITIONS) == 0
