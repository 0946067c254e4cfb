"""Every event class of the contracts, found and not listed, so that none can be forgotten."""

import importlib
import pkgutil
from collections.abc import Iterator

import shared.contracts
from shared.contracts.event import Event


def event_classes() -> tuple[type[Event], ...]:
    """
    Return the events that travel, sorted by name.

    A class with subclasses of its own (``DutyEvent``) only says what they have in common.
    """
    for module in pkgutil.iter_modules(shared.contracts.__path__, f"{shared.contracts.__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_leaves(Event), key=lambda it: it.__name__))


def file_name(event: type[Event]) -> str:
    """Name the file that freezes something about one version of an event."""
    return f"{event.__name__}.v{event.version}.json"


def _leaves(parent: type[Event]) -> Iterator[type[Event]]:
    children = [
        it for it in parent.__subclasses__() if it.__module__.startswith("shared.contracts")
    ]
    if not children:
        yield parent
    for child in children:
        yield from _leaves(child)
