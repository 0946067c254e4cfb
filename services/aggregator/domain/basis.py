"""Whether it is known who owed a report: what a percentage of reporting rests on."""

from collections.abc import Mapping

from services.aggregator.domain.scopes import Scope
from shared.contracts.totals import Unfounded
from shared.reference.directory import Directory
from shared.reference.periods import Period


def unfounded(directory: Directory, scopes: Mapping[Period, Scope]) -> Unfounded | None:
    """
    Return why the number of units that owe is no fact, None when it is one.

    Who owes is decided by the last day of a period. On a day before the directory knows a unit of
    the scope, the units below it may have been others, more or fewer.
    """
    days = [
        known
        for period, scope in scopes.items()
        for unit in scope.made_of
        if directory.alive(unit, period.last_day)
        and (known := directory.known_from(unit)) is not None
        and known > period.last_day
    ]
    return Unfounded(reason="units_not_known", known_from=max(days)) if days else None
