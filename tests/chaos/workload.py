"""
What the senders want to say, and what must therefore be true at the end.

A radix fingerprint makes every total explain itself: unit *i* at version *v* reports
``(2v - 1) * 32**i`` work-days and one đồng. In a province's total the digit of unit *i* in base
32 is then 0 (not counted), odd (exactly version ``(d + 1) / 2`` counts) or even (two copies were
added). The đồng count the units. Nothing here uses code of the services.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

UNITS_PER_PROVINCE = 10
VERSIONS_MAX = 16
TRIES_MAX = 50
BASE = 32
FORM = "F05"
MUST_BE_STATED = (
    "dvk_models_opening",
    "dvk_models_new",
    "dvk_models_removed",
    "dvk_models_total",
    "dvk_models_registered",
    "dvk_models_recognised",
    "land_donated_m2",
)
POISON: tuple[bytes | None, ...] = (
    b"",
    None,
    b"not json",
    b'{"unit": ',
    b"\xef\xbb\xbf{}",
    '{"unit": "37.2"}'.encode("utf-16"),
    b"\xff\xfe\xfa",
    b"[" * 100_000,
    b'{"event_id": "p", "figures": {"work_days": NaN}}',
    b'{"event_id": "q", "figures": {"work_days": 1e400}}',
    b'{"event_id": "r", "figures": {"work_days": -0}}',
    b'{"event_id": "s", "figures": {"work_days": true}}',
    b'{"event_id": "t", "figures": {"work_days": "1.635"}}',
    b'{"event_id": "u", "figures": {"work_days": 123456789012345678901234567890}}',
    b'{"event_id": "v", "unit": "a", "unit": "b"}',
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that a sender wants: figures of a version, or no figures any more."""

    event_id: str
    version: int | None
    """None is a withdrawal."""


@dataclass
class Slot:
    """One unit's form for one period, and the history of what was asked for it, in order."""

    unit: str
    index: int
    period: str
    over_http: bool
    wishes: list[Wish] = field(default_factory=list)
    busy: bool = False

    @property
    def versions(self) -> int:
        """How many versions have been asked for."""
        return sum(1 for it in self.wishes if it.version)

    @property
    def current(self) -> Wish | None:
        """What must count once everything has arrived; None when nothing was ever asked."""
        return self.wishes[-1] if self.wishes else None

    @property
    def digit(self) -> int:
        """What the unit's place in the fingerprint must show at the end."""
        version = self.current.version if self.current else None
        return 2 * version - 1 if version else 0

    def figures(self, version: int) -> dict[str, int | None]:
        """Write down the figures of one version."""
        stated: dict[str, int | None] = dict.fromkeys(MUST_BE_STATED)
        return stated | {
            "work_days": (2 * version - 1) * BASE**self.index,
            "contributions_vnd": 1,
        }


@dataclass(frozen=True, slots=True)
class Task:
    """One request: a wish, sent for the first time or again."""

    slot: Slot
    wish: Wish


class Workload:
    """A seeded mixture: new, corrected, repeated, unchanged, withdrawn."""

    def __init__(self, provinces: dict[str, list[str]], periods: list[str], seed: int) -> None:
        self.provinces = provinces
        self.periods = periods
        self.seed = seed
        self.random = random.Random(seed)
        self.slots = {
            (province, period): [
                Slot(unit, index, period, over_http=index % 3 == 0)
                for index, unit in enumerate(units)
            ]
            for province, units in provinces.items()
            for period in periods
        }
        self._all = [slot for slots in self.slots.values() for slot in slots]
        self._count = 0

    def wishes_of(self, anomaly: str) -> list[Wish]:
        """Return what was asked for the slot that an anomaly names, in order."""
        named = anomaly.partition(":")[0]
        slots = (it for it in self._all if f"{it.unit}/{it.period}" == named)
        return [wish for slot in slots for wish in slot.wishes]

    def next(self) -> Task | None:
        """Choose what is asked for next, never two things at once for one slot."""
        for _ in range(TRIES_MAX):
            slot = self.random.choice(self._all)
            if not slot.busy and (task := self._next_for(slot)):
                return task
        return None

    def _next_for(self, slot: Slot) -> Task | None:
        kind = self.random.random()
        if slot.wishes and kind < 0.2:
            return self._again(slot)
        if slot.current and slot.current.version and kind < 0.3:
            return self._wish(slot, None)
        if slot.current and slot.current.version and kind < 0.4:
            return self._wish(slot, slot.current.version)
        if slot.versions < VERSIONS_MAX - 1:
            return self._wish(slot, max((it.version or 0 for it in slot.wishes), default=0) + 1)
        return None

    def _again(self, slot: Slot) -> Task | None:
        """Repeat something old; a withdrawal over HTTP names no event of its own to repeat."""
        wish = self.random.choice(slot.wishes)
        return None if slot.over_http and wish.version is None else Task(slot, wish)

    def _wish(self, slot: Slot, version: int | None) -> Task | None:
        if version is not None and version > VERSIONS_MAX:
            return None
        self._count += 1
        wish = Wish(f"chaos-{self._count}", version)
        slot.wishes.append(wish)
        return Task(slot, wish)


def anomalies_in_total(
    slots: list[Slot], fingerprint: int | None, units: int | None, *, final: bool
) -> Iterator[str]:
    """Decode one total that somebody read; while the load runs, any asked-for version may show."""
    place = f"{slots[0].unit.split('.')[0]}…/{slots[0].period}"
    digits = [(fingerprint or 0) // BASE**it % BASE for it in range(len(slots))]
    if (units or 0) != sum(1 for it in digits if it):
        yield f"{place}: {units} units counted, but the fingerprint shows {digits}"
    for slot, digit in zip(slots, digits, strict=True):
        asked = {2 * it.version - 1 for it in slot.wishes if it.version}
        if digit and digit % 2 == 0:
            yield f"{slot.unit}/{slot.period}: counted twice (digit {digit})"
        elif digit and digit not in asked:
            yield f"{slot.unit}/{slot.period}: a version nobody sent (digit {digit})"
        elif final and digit != slot.digit:
            yield f"{slot.unit}/{slot.period}: shows {digit}, must show {slot.digit}"
