"""
What senders get wrong, from rows 37 to 43 of the fault matrix: one entry a fault.

Each is what stands in one Kafka record, made from a good submission where that is the point.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

Document = dict[str, object]


@dataclass(frozen=True)
class Fault:
    """A body, and headers if they are the fault; ``None`` stands for a tombstone."""

    name: str
    body: bytes | None
    headers: tuple[tuple[str, bytes], ...] | None = None


def faults(good: Callable[[str], Document]) -> list[Fault]:
    """Spoil *good* (which makes a submission with an event id) in every way we know."""

    def spoilt(name: str, **changes: object) -> Fault:
        return Fault(name, json.dumps(good(f"poison-{name}") | changes).encode())

    def figure(name: str, token: str) -> Fault:
        body = json.dumps(good(f"poison-{name}"))
        assert '"work_days": 7' in body
        return Fault(name, body.replace('"work_days": 7', f'"work_days": {token}').encode())

    text = json.dumps(good("poison-text"))
    return [
        Fault("not-json", b"mot hai ba"),
        Fault("truncated", text.encode()[:60]),
        Fault("bom", b"\xef\xbb\xbf" + text.encode()),
        Fault("utf-16", text.encode("utf-16")),
        Fault("bad-utf-8", text.encode().replace(b"work_days", b"work_\xff\xfe")),
        Fault("empty", b""),
        Fault("tombstone", None),
        Fault("not-an-object", b"[1, 2, 3]"),
        Fault("deep", b"[" * 100_000),
        Fault("many-keys", json.dumps({f"k{it}": it for it in range(40_000)}).encode()),
        figure("huge-integer", "9" * 500_000),
        figure("long-decimal", '"' + "9" * 10_000 + '"'),
        figure("nan", "NaN"),
        figure("infinity", "-Infinity"),
        figure("minus-zero", "-0"),
        figure("1e400", "1e400"),
        figure("thirty-digits", "123456789012345678901234567890"),
        figure("true", "true"),
        figure("thousands", '"1.635"'),
        figure("negative", "-1"),
        figure("fraction", "1.5"),
        figure("duplicate-key", '7, "work_days": 8'),
        spoilt("nul", note="a\u0000b"),
        spoilt("c1-control", note="a\u0085b"),
        spoilt("bidi", note="a\u202eb"),
        spoilt("surrogate", note="a\ud800b"),
        spoilt("not-nfc", note="Ho\u0300a Bi\u0300nh"),
        spoilt("confusable", unit="37.\u0432"),
        spoilt("unknown-field", figurse={}),
        Fault("version-99", text.encode(), (("ce_type", b"qcdc.ReportSubmitted.v99"),)),
        Fault("no-type", text.encode(), ()),
        Fault("other-type", text.encode(), (("ce_type", b"com.example.Other.v1"),)),
        spoilt("unknown-unit", unit="99999.9"),
        spoilt("unknown-form", form="F99"),
        spoilt("unknown-period", period="lunar.2026"),
        spoilt("unknown-cell", figures={"work_dayz": 1}),
        spoilt("other-source", source="somebody-else"),
        spoilt("future-period", period="nd09.2090-M01"),
        spoilt("before-the-unit", period="nd09.2020-M01"),
    ]
