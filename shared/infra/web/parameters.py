"""
Parameters of an address, checked before anything else of a request.

A parameter that nobody reads would change the question without a word: ``?dry_run=true`` would
store, ``?periode=`` would answer for all periods. Of one given twice the last would win.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import cached_property
from typing import Any, get_origin
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.infra.web.problems import SENTENCES, Problem

SHOWN_MAX = 60
_BREAKS = "\t\n\r"


class StrictRoute(APIRoute):
    """A route that takes the query parameters that it declares, each as often as it says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the check before the route's own handler."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            self._check(request)
            return await handle(request)

        return checked

    @cached_property
    def known(self) -> Mapping[str, bool]:
        """Whether each query parameter of the route may be repeated."""
        return dict(_declared(self.dependant))

    def _check(self, request: Request) -> None:
        for name, value in request.path_params.items():
            _check_text(name, str(value))
        given = _parse(request.scope["query_string"])
        for name, value in given:
            if name not in self.known:
                raise _unknown(name, self.known)
            _check_text(name, value)
        for name, count in Counter(name for name, _ in given).items():
            if count > 1 and not self.known[name]:
                raise _problem("repeated_parameter", name, count=count)


def _declared(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the parameters of a route and of what it depends on."""
    for field in dependant.query_params:
        yield field.alias, get_origin(field.field_info.annotation) is list
    for needed in dependant.dependencies:
        yield from _declared(needed)


def _parse(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeError:
        raise _problem("unreadable_parameter", "?") from None


def _check_text(name: str, value: str) -> None:
    """Refuse what no table can hold, and U+FFFD: it stands where bytes were no UTF-8."""
    for character in value:
        control = unicodedata.category(character) == "Cc" and character not in _BREAKS
        if control or character == "\ufffd":
            raise _problem("unreadable_parameter", name)


def _unknown(name: str, known: Mapping[str, bool]) -> Problem:
    if not known:
        return _problem("unexpected_parameter", name)
    names = sorted(known)
    return _problem("unknown_parameter", name, known=", ".join(names), members={"known": names})


def _problem(
    code: str, name: str, members: Mapping[str, object] | None = None, **values: object
) -> Problem:
    shown = name[:SHOWN_MAX]
    detail = SENTENCES[code].format(name=shown, **values)
    return Problem(400, code, detail, parameter=shown, **(members or {}))
