"""Which types of events a newer release has written, by their names alone."""

import re
from collections.abc import Collection, Mapping

from shared.contracts import dead_letters, directory, duties, reports, totals
from shared.contracts.event import Event

OUR_SOURCES = "qcdc/"
"""What ``ce_source`` begins with in everything that a service or a command of ours publishes."""

_TYPE = re.compile(r"qcdc\.([A-Za-z0-9]{1,60})\.v([0-9]{1,9})")
_MODULES = (dead_letters, directory, duties, reports, totals)
EVENTS = frozenset(
    name
    for module in _MODULES
    for name, it in vars(module).items()
    if isinstance(it, type) and issubclass(it, Event)
)
"""The name of every event that this release knows, on whatever topic."""


def is_newer(headers: Mapping[str, str], expected: Collection[str]) -> bool:
    """
    Tell whether a record, by its headers, is an event of ours that came with a newer release.

    Either a higher version of one of the *expected* types, or of a name that no event of this
    release has and that we have published. An event of ours on a wrong topic is not newer.
    """
    match = _TYPE.fullmatch(headers.get("ce_type", ""))
    if match is None:
        return False
    name, version = match[1], int(match[2])
    versions = {it[1]: int(it[2]) for it in map(_TYPE.fullmatch, expected) if it}
    if name in versions:
        return version > versions[name]
    return name not in EVENTS and headers.get("ce_source", "").startswith(OUR_SOURCES)
